import timers from 'node:timers/promises'
import { AssumeRoleWithSAMLCommand, type STSClient, STSServiceException } from '@aws-sdk/client-sts'
import type { AwsAccount } from '../src/aws-account.ts'
import { defaultAudience } from '../src/config/audience.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { SESSION_SECONDS } from './signed-response.ts'

/** What became of an attempt to sign in. */
export type SignIn =
  | { readonly kind: 'let in' }
  /** By the trust policy: the assertion itself was taken. */
  | { readonly kind: 'refused' }
  /** The assertion was not even looked at, or not taken. */
  | { readonly kind: 'failed'; readonly error: string }

/** Through whom somebody signs in. */
export interface Door {
  readonly sts: STSClient
  readonly account: AwsAccount
  readonly idp: IdentityProvider
  readonly providerArn: string
}

/** AWS as the audience of an assertion, by partition (IAM User Guide, "Configure SAML assertions for the authentication response"). */
const AUDIENCES: ReadonlyMap<string, string> = new Map([
  ['aws-us-gov', 'urn:amazon:webservices:govcloud'],
  ['aws-cn', 'urn:amazon:webservices:cn-north-1'],
])

/** Where AWS takes assertions by default; what the stack is deployed for. */
export function ownRecipient({ partition }: AwsAccount): string {
  return defaultAudience(partition) ?? 'https://signin.aws.amazon.com/saml'
}

/** A place where AWS takes assertions as well, and that the stack is not deployed for: that of the region. */
export function otherRecipient(account: AwsAccount): string {
  return ownRecipient(account).replace('https://', `https://${account.region}.`)
}

/**
 * Signs an assertion and asks STS for a session of the role. The session lasts 15 minutes, the role has no permissions,
 * and the keys of the session are let go of at once: nothing hands them out.
 */
export async function signIn(door: Door, roleArn: string, recipient = ownRecipient(door.account)): Promise<SignIn> {
  const { sts, account, idp, providerArn } = door
  const audiences = [ownRecipient(account), AUDIENCES.get(account.partition) ?? 'urn:amazon:webservices']
  const userName = 'acceptance'
  const SAMLAssertion = idp.sign({ roleArn, providerArn, recipient, audiences, userName, now: new Date() })
  const DurationSeconds = SESSION_SECONDS
  const command = { RoleArn: roleArn, PrincipalArn: providerArn, SAMLAssertion, DurationSeconds }
  try {
    await sts.send(new AssumeRoleWithSAMLCommand(command))
    return { kind: 'let in' }
  } catch (error) {
    if (!(error instanceof STSServiceException)) throw error
    if (error.name === 'AccessDenied' || error.name === 'AccessDeniedException') return { kind: 'refused' }
    // STS may repeat a value that it does not take, and whoever has the assertion can sign in for 5 minutes.
    const words = error.message.replaceAll(SAMLAssertion, '(the assertion)')
    return { kind: 'failed', error: `${error.name}: ${words}` }
  }
}

/** For how long a change of IAM may take to be known everywhere, and between two attempts: in milliseconds. */
const PATIENCE = 5 * 60 * 1000
const PAUSE = 5_000

/**
 * Tries again as long as that comes about which only says that IAM was told something a moment ago, and does not know it
 * everywhere yet.
 */
export async function signInAfter(
  transient: readonly SignIn['kind'][],
  attempt: () => Promise<SignIn>,
  signal: AbortSignal,
  [patience, pause] = [PATIENCE, PAUSE],
): Promise<SignIn> {
  const deadline = Date.now() + patience
  while (true) {
    signal.throwIfAborted()
    const found = await attempt()
    if (!transient.includes(found.kind) || Date.now() > deadline) return found
    await timers.setTimeout(pause)
  }
}

/** Such as `let in`, or `failed (InvalidIdentityToken: …)`. */
export function wordsOf(found: SignIn): string {
  return found.kind === 'failed' ? `failed (${found.error})` : found.kind
}

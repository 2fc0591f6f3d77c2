import timers from 'node:timers/promises'
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { oktaSso, policyOf } from '../sandbox/trust-policies.ts'
import type { Observation } from './observation.ts'
import { makeRole, type Scene } from './scene.ts'
import { ownRecipient, signIn, signInAfter, wordsOf } from './sign-in.ts'

/** A Sid that no stack has: a withdrawal leaves its statements alone. */
export const PROBE = 'AcceptanceProbe'

/** A statement as the system writes it. */
export const own = ({ door, account }: Scene) =>
  oktaSso(door.providerArn, { sid: PROBE, audience: ownRecipient(account) })

export function emptyList(scene: Scene): object {
  return { ...own(scene), Condition: { StringEquals: { 'SAML:aud': [] } } }
}

export function denying(Principal: object, operator?: string, key = '', values: readonly string[] = []): object {
  const Condition = operator && { [operator]: { [key]: values } }
  return { Effect: 'Deny', Principal, Action: 'sts:AssumeRoleWithSAML', ...(Condition && { Condition }) }
}

/** How long a change of a trust policy may take until it counts everywhere, in milliseconds. */
const SETTLING = 45_000

/** Signs in through a role that first trusts the provider plainly, so that nothing but the statements makes the difference. */
export async function seeSignIn(scene: Scene, name: string, statements: readonly object[]): Promise<Observation> {
  if (scene.account.isLocal) return { because: 'the local AWS looks neither at an assertion nor at a trust policy' }
  const { door, clients, signal } = scene
  const role = await makeRole(scene, name, policyOf(own(scene)))
  if (role.kind === 'refused') return { because: `IAM refused a role that plainly trusts the provider: ${role.error}` }
  const attempt = () => signIn(door, role.arn)
  const plain = await signInAfter(['failed', 'refused'], attempt, signal)
  if (plain.kind !== 'let in')
    return { because: `a role that plainly trusts the provider was no way in: ${wordsOf(plain)}` }
  const PolicyDocument = JSON.stringify(policyOf(...statements))
  try {
    await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role.roleName, PolicyDocument }))
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('MalformedPolicyDocument'))) throw error
    return { seen: `IAM refuses such a document: ${error.message}` }
  }
  await timers.setTimeout(SETTLING, undefined, { signal })
  return { seen: `whoever signs in is ${wordsOf(await attempt())}` }
}

import { CreateRoleCommand, IAMServiceException } from '@aws-sdk/client-iam'
import type { StoryStage } from '../sandbox/story-stage.ts'
import { policyOf, trusting } from '../sandbox/trust-policies.ts'
import type { Account, AccountClients } from './account.ts'
import type { Run } from './run-names.ts'
import type { Door } from './sign-in.ts'

/** What all steps work with once the SAML provider is there. */
export interface Scene {
  readonly run: Run
  readonly account: Account
  readonly clients: AccountClients
  readonly stage: StoryStage
  readonly door: Door
  /** Ends what is under way. */
  readonly signal: AbortSignal
}

/** What IAM made of a trust policy that somebody sent it. */
export type Taken =
  | { readonly kind: 'taken'; readonly roleName: string; readonly arn: string }
  /** In IAM's words. */
  | { readonly kind: 'refused'; readonly error: string }

/** Makes a role of the run, without any permission. */
export async function makeRole(
  { run, account, clients, signal }: Pick<Scene, 'run' | 'account' | 'clients' | 'signal'>,
  name: string,
  policy: object | string = policyOf(trusting('ec2')),
): Promise<Taken> {
  signal.throwIfAborted()
  const roleName = `${run.name}-${name}`
  const AssumeRolePolicyDocument = typeof policy === 'string' ? policy : JSON.stringify(policy)
  const Tags = Object.entries(run.tags).map(([Key, Value]) => ({ Key, Value }))
  try {
    await clients.iam.send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument, Tags }))
    // IAM may show another one while the role is young.
    return { kind: 'taken', roleName, arn: `arn:${account.partition}:iam::${account.account}:role/${roleName}` }
  } catch (error) {
    const isOfPolicy =
      error instanceof IAMServiceException && /Malformed|LimitExceeded|Validation|InvalidInput/.test(error.name)
    if (!isOfPolicy) throw error
    return { kind: 'refused', error: `${error.name}: ${error.message}` }
  }
}

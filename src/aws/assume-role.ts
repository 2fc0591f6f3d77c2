import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { MalformedResponseError } from '../errors.ts'
import type { Caller } from './caller.ts'
import { maxAttempts, requestHandler } from './clients.ts'
import { whileThrottled } from './throttling.ts'

/** Seconds of a session: the least that STS takes. Each account has its own, taken when its turn comes. */
const DURATION = 900

/** Who calls in an account, until a deadline: no call outlasts it, and none is sent after it. */
export interface AccountEntry {
  /** By the credentials that everything started with. */
  own(deadline: AbortSignal): Caller
  /**
   * By a role of another account.
   *
   * @param roleName with its path, without the first slash
   * @param sessionName by which CloudTrail shows the calls in that account
   * @throws whatever the SDK throws; OutOfTimeError where STS throttles until the deadline
   */
  assume(accountId: string, roleName: string, sessionName: string, deadline: AbortSignal): Promise<Caller>
}

/** The clients of all accounts share their connections: else each would open its own, and leave them behind. */
export function accountEntry(caller: Caller, connections: number): AccountEntry {
  const { partition, region } = caller
  const agent = { keepAlive: true, maxSockets: connections }
  const sts = new STSClient({
    ...caller.target,
    requestHandler: { ...requestHandler, httpAgent: agent, httpsAgent: agent },
    maxAttempts,
  })
  const until = (deadline: AbortSignal) => handlerUntil(sts.config.requestHandler, deadline)
  return {
    own: (deadline) => ({ ...caller, target: { ...caller.target, requestHandler: until(deadline) } }),

    async assume(accountId, roleName, sessionName, deadline) {
      const arn = `arn:${partition}:iam::${accountId}:role/${roleName}`
      const command = new AssumeRoleCommand({ RoleArn: arn, RoleSessionName: sessionName, DurationSeconds: DURATION })
      const answer = await whileThrottled('AssumeRole', deadline, () => sts.send(command, { abortSignal: deadline }))
      const {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        SessionToken: sessionToken,
      } = answer.Credentials ?? {}
      if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
        throw new MalformedResponseError(`AssumeRole: found no credentials in the answer for ${arn}`)
      }
      const credentials = { accessKeyId, secretAccessKey, sessionToken }
      return {
        partition,
        region,
        account: accountId,
        arn: answer.AssumedRoleUser?.Arn ?? arn,
        target: { region, credentials, requestHandler: until(deadline) },
      }
    },
  }
}

type Handler = STSClient['config']['requestHandler']

/** A call that is given up must not go on behind the back of whoever goes on to the next account. */
function handlerUntil(shared: Handler, deadline: AbortSignal): Handler {
  const handle: Handler['handle'] = (request, options = {}) =>
    shared.handle(request, { ...options, abortSignal: deadline })
  return { handle, ...(shared.metadata && { metadata: shared.metadata }) }
}

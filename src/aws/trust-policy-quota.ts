import { inspect } from 'node:util'
import { GetAccountSummaryCommand, type IAMClient } from '@aws-sdk/client-iam'
import { cached } from '../cached.ts'
import { formatError, MalformedResponseError, OutOfTimeError } from '../errors.ts'
import { LEAST_QUOTA, type Quota } from '../role/quota.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/** How long an answer is kept, in milliseconds: a quota changes on request only, which takes hours. */
const ANSWER_AGE = 5 * 60_000

/**
 * Asks an account how long a trust policy may be (IAM API reference, GetAccountSummary).
 *
 * The answer is kept for five minutes, a failure only for the run that met it: there the least quota is assumed, so
 * that a thousand long documents do not make a thousand calls that fail.
 *
 * @returns a function that begins a run, by the deadline that its call must not outlast; where that passes, asking
 *   throws OutOfTimeError
 */
export function trustPolicyQuota(client: IAMClient): (deadline?: AbortSignal) => () => Promise<Quota> {
  const keptAnswer = cached((deadline: AbortSignal | undefined) => askAccount(client, deadline), Date.now)
  return (deadline) => {
    let asked: Promise<Quota> | undefined
    return () => {
      asked ??= keptAnswer(ANSWER_AGE, deadline).then((characters) => ({ characters }), assumed)
      return asked
    }
  }
}

function assumed(error: unknown): Quota {
  if (error instanceof OutOfTimeError) throw error
  return {
    characters: LEAST_QUOTA,
    assumedBecause: `the account's own could not be read (iam:GetAccountSummary: ${formatError(error)})`,
  }
}

async function askAccount(client: IAMClient, deadline: AbortSignal | undefined): Promise<number> {
  const quota = await readQuota(client, deadline)
  // No account has less: 0, or a text that the SDK could not make a number of, is no answer.
  if (quota !== undefined && Number.isInteger(quota) && quota >= LEAST_QUOTA) return quota
  throw new MalformedResponseError(
    `found ${inspect(quota)} as AssumeRolePolicySizeQuota, expected a whole number from ${LEAST_QUOTA}`,
  )
}

async function readQuota(client: IAMClient, deadline: AbortSignal | undefined): Promise<number | undefined> {
  const options = deadline === undefined ? {} : { abortSignal: deadline }
  try {
    const { SummaryMap: summary } = await client.send(new GetAccountSummaryCommand({}), options)
    return summary?.AssumeRolePolicySizeQuota
  } catch (error) {
    throw asOutOfTime('GetAccountSummary', error)
  }
}

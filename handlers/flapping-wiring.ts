import type { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from 'aws-lambda'
import { cloudTrailClient } from '../src/aws/clients.ts'
import { recentTrustPolicyWrites } from '../src/aws/trust-policy-history.ts'
import { cached } from '../src/cached.ts'
import { type Installation, isOwnRole } from '../src/cloudtrail/own-roles.ts'
import { formatError } from '../src/errors.ts'
import { FLAPPING_WINDOW, type Flapping, flappingOf, type TrustPolicyWrite } from '../src/events/flapping.ts'

/** How long one look at CloudTrail is used, in milliseconds: its records are minutes old in any case. */
const LOOK_AGE = 60_000

export type WireFlapping = typeof wireFlapping

/** Says whether a role flaps. Where CloudTrail does not answer, none does: it is patched like any other. */
export function wireFlapping(installation: (context: Context) => Installation, sid: string, logger: Logger) {
  const client = cloudTrailClient()

  const lookUp = async (here: Installation, deadline: AbortSignal): Promise<readonly TrustPolicyWrite[]> => {
    try {
      const writes = await recentTrustPolicyWrites(client, new Date(Date.now() - FLAPPING_WINDOW), deadline)
      // CloudTrail shows the latest first, and its times are whole seconds.
      return writes.toReversed().map((write) => ({ ...write, isOwn: isOwnRole(write.callerRole, here) }))
    } catch (error) {
      const reason = formatError(error)
      logger.warn(`CloudTrail does not say who wrote trust policies lately, so no role counts as flapping: ${reason}`)
      return []
    }
  }
  const recentWrites = cached(lookUp, Date.now)

  return async (roleName: string, context: Context, deadline: AbortSignal): Promise<Flapping | undefined> =>
    flappingOf(roleName, await recentWrites(LOOK_AGE, installation(context), deadline), sid, Date.now())
}

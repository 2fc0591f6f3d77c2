import { eventRegionOf, wrongRegion } from '../session/wrong-region.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'

/**
 * Whether a stack can live where it is looked for: a rule for IAM's events fires in one region of a partition only. Where it
 * cannot, the other checks are of that region.
 */
export function checkRegion(region: string, partition: string): Verdict {
  if (eventRegionOf(partition) === undefined) {
    return warning(
      `where IAM's events arrive in the partition ${partition} is not known`,
      'IAM User Guide, "Monitor IAM events with EventBridge"',
    )
  }
  const problem = wrongRegion({ partition, region })
  if (problem === undefined) return ok(`IAM's events arrive in ${region}`)
  return failure(problem.message, problem.remedy)
}

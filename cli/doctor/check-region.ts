import { failure, ok, type Verdict, warning } from './finding.ts'

/**
 * Whether a stack can live where it is looked for: a rule for IAM's events fires in one region of a partition only.
 *
 * @param eventRegion where IAM's events arrive in that partition; undefined where that is not known
 */
export function checkRegion(region: string, partition: string, eventRegion: string | undefined): Verdict {
  if (eventRegion === undefined) {
    return warning(
      `where IAM's events arrive in the partition ${partition} is not known`,
      'IAM User Guide, "Monitor IAM events with EventBridge"',
    )
  }
  if (region === eventRegion) return ok(`IAM's events arrive in ${region}`)
  return failure(
    `IAM's events arrive in ${eventRegion} and never in ${region}: a rule there never fires`,
    `leave out --region, or give \`--region ${eventRegion}\``,
  )
}

import iamEventRegions from '../../infra/iam-event-regions.cjs'
import type { AwsAccount } from '../../src/aws-account.ts'

export interface WrongRegion {
  /** Where a stack of that partition has to live. */
  readonly eventRegion: string
  readonly message: string
  readonly remedy: string
}

/** Where IAM's events arrive in a partition; undefined where that is not known. */
export function eventRegionOf(partition: string): string | undefined {
  return iamEventRegions.regionsByPartition[partition]
}

/** Why no stack can live in a region, nor its parameter: a rule for IAM's events would never fire there (rule 7.2). */
export function wrongRegion({ partition, region }: Pick<AwsAccount, 'partition' | 'region'>): WrongRegion | undefined {
  const eventRegion = eventRegionOf(partition)
  if (eventRegion === undefined || iamEventRegions.regions.includes(region)) return undefined
  return {
    eventRegion,
    message: `IAM's events arrive in ${eventRegion} and never in ${region}: a rule there never fires`,
    remedy: `leave out --region, or give \`--region ${eventRegion}\``,
  }
}

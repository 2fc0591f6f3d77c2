import iamEventRegions from '../../infra/iam-event-regions.cjs'
import { type Caller, configuredRegion, findCaller } from '../../src/aws/caller.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { askText } from './ask.ts'
import { once } from './once.ts'
import type { Terminal } from './terminal.ts'
import { wrongRegion } from './wrong-region.ts'

/** Who calls AWS in a session. */
export interface Callers {
  /** In the region that was asked for, even where no stack can live there. */
  asked(): Promise<Caller>
  /**
   * In which account and region, and what to make clients with.
   *
   * @throws ConfigurationError where no stack can live in that region, unless the session was opened to look in the right one
   */
  caller(): Promise<Caller>
}

/** By the credentials that the AWS CLI would use. */
export function findCallers(
  terminal: Terminal,
  { profile, region: given }: { readonly profile?: string | undefined; readonly region?: string | undefined },
  onWrongRegion: 'refuse' | 'correct',
): Callers {
  const asked = once(async () => {
    const region = given ?? stackRegion(await configuredRegion({ profile }))
    const askMfaCode = (serial: string) => askText(terminal, `Code of the MFA device ${serial}`)
    const { AWS_PROFILE: profileOfEnvironment } = terminal.environment
    return findCaller({ profile, profileOfEnvironment, askMfaCode }, region)
  })
  const caller = once(async () => {
    const found = await asked()
    const problem = wrongRegion(found)
    if (problem === undefined) return found
    const { message, remedy, eventRegion: region } = problem
    if (onWrongRegion === 'refuse') throw new ConfigurationError(`${message}: ${remedy}`)
    return { ...found, region, target: { ...found.target, region } }
  })
  return { asked, caller }
}

/**
 * The region in which the stack and its parameter live, given the region that a profile or the environment names: IAM is
 * the same in all regions of a partition, and the stack can live in only one of them (rule 7.2).
 */
function stackRegion(configured: string | undefined): string {
  const family = (region: string) => region.replace(/-[a-z]+-\d+$/, '')
  const [defaultValue, ...others] = iamEventRegions.regions
  const same = others.find((region) => configured !== undefined && family(region) === family(configured))
  return same ?? defaultValue ?? 'us-east-1'
}

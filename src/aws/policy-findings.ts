import { AccessAnalyzerClient, ValidatePolicyCommand } from '@aws-sdk/client-accessanalyzer'
import * as z from 'zod/mini'
import { MalformedResponseError } from '../errors.ts'
import { readInput } from '../input.ts'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'
import { whileThrottled } from './throttling.ts'

const CALL = 'ValidatePolicy'

const text = z.string('a string')
const place = z.number('a number').check(z.gte(0, 'a number from 0 on'))

/** One step from the top of a document downwards; a key is pointed at itself, a value is what stands at it. */
const PathElement = z.union(
  [
    z.object({ index: place }),
    z.object({ key: text }),
    z.object({ value: text }),
    z.object({ substring: z.object({ start: place, length: place }) }),
  ],
  'a step of a path that this version knows',
)

const Finding = z.object(
  {
    findingType: z.enum(
      ['ERROR', 'SECURITY_WARNING', 'WARNING', 'SUGGESTION'],
      'a type of finding that this version knows',
    ),
    issueCode: text,
    findingDetails: text,
    learnMoreLink: text,
    locations: z.array(z.object({ path: z.array(PathElement, 'a path') }, 'a location'), 'a list of locations'),
  },
  'a finding',
)

const Page = z.object({ findings: z.array(Finding, 'a list of findings'), nextToken: z.optional(text) })

/** What IAM Access Analyzer has to say of a document (Access Analyzer API reference, ValidatePolicyFinding). */
export type PolicyFinding = z.infer<typeof Finding>

export type PathStep = z.infer<typeof PathElement>

export function accessAnalyzerClient(target: AwsTarget): AccessAnalyzerClient {
  return new AccessAnalyzerClient({ requestHandler, maxAttempts, ...target })
}

/**
 * What IAM Access Analyzer finds in a trust policy. It takes `access-analyzer:ValidatePolicy`, and costs nothing (IAM User
 * Guide, "IAM policy validation check reference").
 *
 * @param document as JSON text
 * @param deadline until which a throttled call is repeated
 * @throws InvalidInputError or MalformedResponseError where the answer cannot be read whole; OutOfTimeError at the
 *   deadline; whatever else the SDK throws goes through
 */
export async function findInTrustPolicy(
  client: AccessAnalyzerClient,
  document: string,
  deadline: AbortSignal,
): Promise<readonly PolicyFinding[]> {
  const findings: PolicyFinding[] = []
  const tokens = new Set<string>()
  let nextToken: string | undefined
  do {
    const command = new ValidatePolicyCommand({
      locale: 'EN',
      policyType: 'RESOURCE_POLICY',
      validatePolicyResourceType: 'AWS::IAM::AssumeRolePolicyDocument',
      policyDocument: document,
      nextToken,
    })
    const answer = await whileThrottled(CALL, deadline, () => client.send(command, { abortSignal: deadline }))
    const page = readInput(Page, answer, `the answer of ${CALL}`)
    findings.push(...page.findings)
    nextToken = page.nextToken
    if (nextToken !== undefined && tokens.has(nextToken)) {
      throw new MalformedResponseError(`${CALL}: found the same token for the next page twice`)
    }
    if (nextToken !== undefined) tokens.add(nextToken)
  } while (nextToken)
  return findings
}

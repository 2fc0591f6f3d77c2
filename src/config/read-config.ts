import * as z from 'zod/mini'
import { ConfigurationError } from '../errors.ts'
import { readInput } from '../input.ts'
import { exclusionProblem } from './exclusion.ts'
import {
  deploymentBucket,
  hubBusArn,
  logRetentionDays,
  permissionsBoundary,
  readerPrincipal,
  schedule,
  tags,
} from './stack-settings.ts'
import { TAG_TEXT } from './tag-text.ts'

/** What the stack was deployed with. The settings, their meaning and their defaults stand in serverless.yml. */
export interface Config {
  /** Name of the SSM parameter that holds the SAML provider ARN. */
  readonly parameterName: string
  readonly tag: { readonly key: string; readonly value: string }
  /** Values of SAML:aud; empty means the partition's default. */
  readonly audiences: readonly string[]
  readonly actions: readonly string[]
  /** Seconds of a session that the Okta app asks for; undefined where nobody said, and nobody looks then. */
  readonly sessionDuration: number | undefined
  /** Globs over path + name of roles that are never touched; each can match one. */
  readonly exclusions: readonly string[]
  /** How many roles a scheduled sweep may change. */
  readonly maxChanges: number
  /** What happens to a role that lost its tag: its managed statement stays, or is taken out. */
  readonly onUntag: 'keep' | 'revoke'
  /** What the Sids of this stack's statements begin with, before a number; it does not end with a digit. */
  readonly sid: string
  /** Whether the functions write what is due, or only tell of it. */
  readonly mode: 'enforce' | 'report'
  /** The prefix of all names in the stack: by the names of the functions' roles it knows its own writes. */
  readonly stackName: string
  /** The queue that takes what a sweep has no time for. */
  readonly queueName: string
  /** Of this system; `unknown` of a stack that is older than the variable. */
  readonly version: string
}

const flag = z.enum(['true', 'false'], '"true" or "false"')
const text = z.string('a string').check(z.minLength(1, { error: 'a string that is not empty', abort: true }))

const tagText = (longest: number) => {
  const expected = `at most ${longest} letters, digits, spaces and _ . : / = + - @`
  return text.check(z.regex(TAG_TEXT, expected), z.maxLength(longest, expected))
}

/** Up to 15 levels (Systems Manager User Guide, "Requirements and constraints for parameter names"). */
const PARAMETER_NAME = /^([\w.-]+|(\/[\w.-]+){1,15})$/
/** What the same place keeps for AWS itself. */
const RESERVED_NAME = /^(aws|ssm|\/(aws|ssm)(\/|$))/i
const parameterName = text.check(
  z.refine(
    (name) => PARAMETER_NAME.test(name) && !RESERVED_NAME.test(name),
    'the name of an SSM parameter, such as /okta/saml-provider-arn: levels of letters, digits, _ . and -, each after a /, and none below /aws or /ssm',
  ),
)

const listed = z.pipe(
  z.string('a list separated by commas, which may be empty'),
  z.transform((value: string) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
)
const wholeNumber = (from: number, to: number) => {
  const expected = `a whole number from ${from} to ${to}`
  return z.pipe(
    z.string(expected).check(z.regex(/^\d+$/, expected)),
    z.pipe(z.transform(Number), z.number(expected).check(z.gte(from, expected), z.lte(to, expected))),
  )
}

/** Of a stack that is older than the setting. */
export const DEFAULT_SID = 'OktaSso'

/** What STS takes (STS API reference, AssumeRoleWithSAML: DurationSeconds). */
const SESSION_SECONDS = 'nothing, or a whole number of seconds from 900 to 43200'
const sessionSeconds = z.pipe(
  z.string(SESSION_SECONDS).check(z.refine(isSessionLength, SESSION_SECONDS)),
  z.transform((value: string) => (value === '' ? undefined : Number(value))),
)

const Environment = z.object({
  PARAMETER_NAME: parameterName,
  TAG_KEY: tagText(128).check(
    z.refine((key) => !/^aws:/i.test(key), 'a key that does not begin with aws:, which is reserved for AWS'),
  ),
  TAG_VALUE: tagText(256),
  AUDIENCES: z.pipe(
    listed,
    z.array(
      z
        .string()
        .check(
          z.regex(/^https:\/\/\S+$/, 'an https URL, the ACS URL set in Okta'),
          z.refine(isLiteral, 'a URL of printable ASCII characters without *, ? and $: it must match exactly'),
        ),
    ),
  ),
  SESSION_TAGS: flag,
  SOURCE_IDENTITY: flag,
  // Older stacks lack it.
  SESSION_DURATION: z.optional(sessionSeconds),
  EXCLUSIONS: z.pipe(listed, z.array(z.string().check(z.refine(isMatchable, { error: neverMatches })))),
  MAX_CHANGES: wholeNumber(0, 5000),
  ON_UNTAG: z.enum(['keep', 'revoke'], '"keep" or "revoke"'),
  // A stack of before these settings has no such variables.
  SID: z._default(
    z
      .string()
      .check(z.regex(/^(?=.{1,32}$)[A-Za-z\d]*[A-Za-z]$/, 'at most 32 letters and digits, the last one a letter')),
    DEFAULT_SID,
  ),
  MODE: z._default(z.enum(['enforce', 'report'], '"enforce" or "report"'), 'enforce'),
  STACK_NAME: text,
  QUEUE_NAME: text,
  SCHEDULE: z.optional(schedule),
  // Writes are logged at INFO, and every write must leave a record (rule 5.6): a higher level would drop it.
  POWERTOOLS_LOG_LEVEL: z.optional(z.enum(['DEBUG', 'INFO'], '"DEBUG" or "INFO"')),
  // A stack of an older version lacks these: it is as the defaults would make it.
  PERMISSIONS_BOUNDARY: z.optional(permissionsBoundary),
  LOG_RETENTION_DAYS: z.optional(logRetentionDays),
  DEPLOYMENT_BUCKET: z.optional(deploymentBucket),
  ACCOUNT_TELEMETRY: z.optional(flag),
  HUB_BUS_ARN: z.optional(hubBusArn),
  READER_PRINCIPAL: z.optional(readerPrincipal),
  VERSION: z._default(text, 'unknown'),
  // No variable of a function: only packaging and the command line know it before it is deployed.
  TAGS: z.optional(tags),
})

/** A wildcard under StringEquals, or a policy variable, would replace what is right and let nobody in. */
function isLiteral(url: string): boolean {
  return /^[!-~]*$/.test(url) && !/[*?$]/.test(url)
}

function isSessionLength(value: string): boolean {
  return value === '' || (/^\d+$/.test(value) && Number(value) >= 900 && Number(value) <= 43_200)
}

function isMatchable(glob: string): boolean {
  return exclusionProblem(glob) === undefined
}

function neverMatches({ input }: { readonly input?: unknown }): string {
  const glob = String(input)
  return `globs over path and name together, where letter case counts and ? stands for a comma; ${JSON.stringify(glob)} can match no role: ${exclusionProblem(glob)}`
}

/**
 * Reads the function's environment (rule 7.5).
 *
 * @throws ConfigurationError that names every variable that is missing or wrong, with what was found and expected
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const env = readEnvironment(environment)
  return {
    parameterName: env.PARAMETER_NAME,
    tag: { key: env.TAG_KEY, value: env.TAG_VALUE },
    audiences: [...new Set(env.AUDIENCES)],
    actions: [
      'sts:AssumeRoleWithSAML',
      ...(env.SESSION_TAGS === 'true' ? ['sts:TagSession'] : []),
      ...(env.SOURCE_IDENTITY === 'true' ? ['sts:SetSourceIdentity'] : []),
    ],
    sessionDuration: env.SESSION_DURATION,
    exclusions: env.EXCLUSIONS,
    maxChanges: env.MAX_CHANGES,
    onUntag: env.ON_UNTAG,
    sid: env.SID,
    mode: env.MODE,
    stackName: env.STACK_NAME,
    queueName: env.QUEUE_NAME,
    version: env.VERSION,
  }
}

/** The variables that are read, each as it is meant; throws as `readConfig` does. */
export function readEnvironment(environment: Readonly<Record<string, string | undefined>>) {
  try {
    return readInput(Environment, environment, 'environment')
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new ConfigurationError(`${problem}. Deploy again with the right setting; docs/deploying.md lists them all`, {
      cause: error,
    })
  }
}

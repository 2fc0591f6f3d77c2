import * as z from 'zod/mini'
import { TAG_TEXT } from './tag-text.ts'

// What the stack itself is made by, and the functions only pass on: the command line reads it from their environment.

const ONE_IN = (range: string, step: string) => `(?:\\*|${range}(?:-${range})?)(?:/${step})?`
const LIST_OF = (item: string) => `${item}(?:,${item})*`
const MINUTES = LIST_OF(ONE_IN('[0-5]?\\d', '(?:[1-9]|[1-5]\\d)'))
const HOURS = LIST_OF(ONE_IN('(?:[01]?\\d|2[0-3])', '(?:[1-9]|1\\d|2[0-3])'))
/** At most a day between two runs. */
const RATE =
  '1 (?:minute|hour|day)|(?:[2-9]|[1-9]\\d{1,2}|1[0-3]\\d{2}|14[0-3]\\d|1440) minutes|(?:[2-9]|1\\d|2[0-4]) hours'
/** Every day of every month and year. One of the fields for days must be `?` (EventBridge, "Cron expressions reference"). */
const CRON = `${MINUTES} ${HOURS} (?:\\* \\* \\?|\\? \\* \\*) \\*`

/**
 * A schedule of EventBridge that starts a sweep at least once a day: nobody would notice that slower ones have ceased.
 * One expression, without lookaround, so that other tools can hold a value against it too.
 */
export const SCHEDULE_PATTERN = `^(?:rate\\((?:${RATE})\\)|cron\\(${CRON}\\))$`

export const schedule = z
  .string()
  .check(
    z.regex(
      new RegExp(SCHEDULE_PATTERN),
      'a schedule that runs every day: rate(1 hour), rate(N minutes) up to 1440, rate(N hours) up to 24, rate(1 day), or cron(MINUTES HOURS * * ? *)',
    ),
  )

export const permissionsBoundary = z
  .string()
  .check(
    z.regex(
      /^(?:arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/(?:[!-~]{1,510}\/)?[\w+=,.@-]{1,128})?$/,
      'the ARN of a managed policy, such as arn:aws:iam::111122223333:policy/boundary, or nothing',
    ),
  )

/** What CloudWatch Logs takes (CloudWatch Logs API reference, PutRetentionPolicy). */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
].map(String)

export const logRetentionDays = z.enum(RETENTION_DAYS, `one of ${RETENTION_DAYS.join(', ')}`)

/** Amazon S3 User Guide, "General purpose bucket naming rules". */
export const deploymentBucket = z
  .string()
  .check(
    z.refine(
      (name) => name === '' || isBucketName(name),
      'the name of an S3 bucket: 3 to 63 small letters, digits, dots and hyphens, or nothing',
    ),
  )

function isBucketName(name: string): boolean {
  const label = '[a-z\\d](?:[a-z\\d-]*[a-z\\d])?'
  return (
    name.length >= 3 &&
    name.length <= 63 &&
    new RegExp(`^${label}(?:\\.${label})*$`).test(name) &&
    !/^\d+\.\d+\.\d+\.\d+$/.test(name) &&
    !/^(?:xn--|sthree-|amzn-s3-demo-)/.test(name) &&
    !/(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  )
}

/**
 * An event bus that somebody made: one that is not the default bus, by which events could come back to where they are
 * from. Of any account and region, since EventBridge forwards to all of them.
 */
const BUS_ARN = /^arn:(aws[a-z-]*):events:[a-z]{2}[a-z-]*-\d:\d{12}:event-bus\/(?!default$)(?!aws\.)[\w.-]{1,256}$/

export const hubBusArn = z
  .string()
  .check(
    z.refine(
      (arn) => arn === '' || BUS_ARN.test(arn),
      "the ARN of the hub's event bus, such as arn:aws:events:us-east-1:111122223333:event-bus/okta-role-trust-hub, no default bus, or nothing",
    ),
  )

/** One principal by its whole name: whom a pattern would let in, nobody could say. */
export const readerPrincipal = z
  .string()
  .check(
    z.regex(
      /^(?:arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:role|user)\/(?:[\w+=,.@-]{1,510}\/)*[\w+=,.@-]{1,64}))?$/,
      "the ARN of a role, a user or an account's root, without * and ?, such as arn:aws:iam::111122223333:role/auditor, or nothing",
    ),
  )

/** osls gives this tag to each stack that it deploys. */
export const STAGE_TAG = 'STAGE'

/** Fifty of a resource (most services), of which osls takes one for the stage. */
const MOST_TAGS = 49

/** Tags of the stack, which CloudFormation hands on to all that is in it. */
export const tags = z
  .string()
  .check(z.refine((text) => tagsProblem(text) === undefined, { error: ({ input }) => tagsProblem(`${input}`) ?? '' }))

/** The pairs of a text such as `team=identity,cost-center=42`; what no tag can hold is not looked for. */
export function readTags(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(pairsOf(text).map(({ key, value }) => [key, value]))
}

/** The setting of a stack that has these tags, without those of osls and of AWS, which every stack has. */
export function tagsSetting(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags)
    .filter(([key]) => key !== STAGE_TAG && !key.startsWith('aws:'))
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',')
}

function tagsProblem(text: string): string | undefined {
  const pairs = pairsOf(text)
  if (pairs.length > MOST_TAGS) return `at most ${MOST_TAGS} tags: AWS takes 50, and one is the stage's`
  // IAM ignores letter case in keys of tags, and the stack has roles.
  const keys = new Set<string>()
  for (const { key, value } of pairs) {
    if (!isTagText(key, 128) || !isTagText(value, 256)) {
      return `key=value pairs separated by commas, a key of 1 to 128 and a value of 1 to 256 letters, digits, spaces and _ . : / = + - @, and ${JSON.stringify(key)} is none`
    }
    if (/^aws:/i.test(key) || /^aws:/i.test(value)) {
      return `tags that do not begin with aws:, which is reserved for AWS, and ${JSON.stringify(key)} does`
    }
    const folded = key.toLowerCase()
    if (folded === STAGE_TAG.toLowerCase()) return `other keys than ${STAGE_TAG}, which holds the stage`
    if (keys.has(folded)) return `each key once, letter case ignored, and ${JSON.stringify(key)} is there twice`
    keys.add(folded)
  }
  return undefined
}

function isTagText(text: string, longest: number): boolean {
  return text.length >= 1 && text.length <= longest && TAG_TEXT.test(text)
}

function pairsOf(text: string): readonly { readonly key: string; readonly value: string }[] {
  return text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => {
      const [key = '', ...rest] = pair.split('=')
      return { key: key.trim(), value: rest.join('=').trim() }
    })
}

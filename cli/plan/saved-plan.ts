import { writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod/mini'
import type { AwsAccount } from '../../src/aws-account.ts'
import { ConfigurationError, InvalidInputError } from '../../src/errors.ts'
import { readInput } from '../../src/input.ts'
import type { Rules } from '../../src/role/decide-role.ts'
import { distinctRoles, ROLE_NAME } from '../../src/role/role.ts'
import { readText } from '../read-text.ts'
import { parseJson } from '../session/parse-json.ts'
import type { Plan } from './make-plan.ts'

const FORMAT = 'okta-role-trust plan 1'

const text = z.string('a string')
const texts = z.array(text, 'a list of strings')

/** A change as a plan holds it, with the trust policies as JSON text: nothing of it is trusted. */
const Change = z.object(
  {
    roleName: text.check(z.regex(ROLE_NAME, 'a role name, without path or ARN')),
    arn: z.nullable(text),
    reason: z.enum(
      ['no-statements', 'access-missing', 'managed-statement-differs', 'withdrawal'],
      'the reason of a change',
    ),
    before: z.nullable(text),
    after: text,
  },
  'a change',
)

const SavedPlan = z.object(
  {
    format: z.literal(FORMAT, `"${FORMAT}"`),
    account: text.check(z.regex(/^\d{12}$/, 'the id of an account')),
    partition: text.check(z.regex(/^[a-z-]+$/, 'the name of a partition')),
    settings: z.object(
      {
        tag: z.object({ key: text, value: text }, 'a tag'),
        wanted: z.object({ providers: texts, audiences: texts, actions: texts, sid: text }, 'the wanted access'),
        exclusions: texts,
        onUntag: text,
      },
      'the settings',
    ),
    changes: z.array(Change, 'a list of changes'),
    /** Whether it was made with --validate, and is to be applied so: a judgement is never taken from a file. */
    validate: z.optional(z.boolean('true or false')),
  },
  'a plan that `npx --no okta-role-trust plan --out FILE` saved',
)

export type PlannedChange = z.infer<typeof Change>

/**
 * Writes a plan with all that it takes to apply it later, and its report for whoever wants to read that.
 *
 * @param validate whether it was made with --validate
 */
export async function savePlan(
  file: string,
  { rules, changes, report }: Plan,
  awsAccount: AwsAccount,
  validate: boolean,
): Promise<void> {
  const plan: z.infer<typeof SavedPlan> = {
    format: FORMAT,
    account: awsAccount.account,
    partition: awsAccount.partition,
    settings: settingsOf(rules),
    changes: changes.map(plannedChange),
    validate,
  }
  try {
    await writeFile(file, `${JSON.stringify({ ...plan, report }, null, 2)}\n`)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InvalidInputError(`${file}: the plan could not be saved; name a file that can be written (${reason})`, {
      cause: error,
    })
  }
}

export function plannedChange({ roleName, arn, reason, before, after }: Plan['changes'][number]): PlannedChange {
  return { roleName, arn, reason, before: before ?? null, after }
}

/** A plan as its file holds it, well-formed and not compared with anything yet. */
export type StoredPlan = z.infer<typeof SavedPlan>

/** @throws InvalidInputError */
export async function readPlan(file: string): Promise<StoredPlan> {
  const plan = readInput(
    SavedPlan,
    parseJson(await readText(file, Number.POSITIVE_INFINITY), file, 'a saved plan'),
    file,
  )
  if (distinctRoles(plan.changes.map(({ roleName }) => roleName)).length < plan.changes.length) {
    throw new InvalidInputError(`${file}.changes: found a role twice, expected each once`)
  }
  return plan
}

/**
 * Compares a saved plan with the account and the rules that it would be applied to: a plan is only a list of what somebody agreed
 * to, and decides nothing.
 *
 * @throws ConfigurationError where the plan is of another account or was made with other settings
 */
export function checkPlan(
  { account, partition, settings, changes }: StoredPlan,
  file: string,
  rules: Rules,
  awsAccount: AwsAccount,
): readonly PlannedChange[] {
  if (account !== awsAccount.account || partition !== awsAccount.partition) {
    throw new ConfigurationError(
      `${file} is a plan for account ${account} (${partition}), and the credentials are for ${awsAccount.account} (${awsAccount.partition}): choose the profile that the plan was made with`,
    )
  }
  const now = settingsOf(rules)
  const different = Object.entries(now).filter(([key, value]) => !isDeepStrictEqual(value, Reflect.get(settings, key)))
  if (different.length > 0) {
    const listed = different.map(
      ([key, value]) => `${key} was ${JSON.stringify(Reflect.get(settings, key))} and is ${JSON.stringify(value)}`,
    )
    throw new ConfigurationError(
      `${file} was made with other settings: ${listed.join('; ')}. Give the same options, or make a new plan`,
    )
  }
  return changes
}

function settingsOf({ tag, wanted, exclusions, onUntag }: Rules): z.infer<typeof SavedPlan>['settings'] {
  const { providers, audiences, actions, sid } = wanted
  return {
    tag: { ...tag },
    wanted: { providers: [...providers], audiences: [...audiences], actions: [...actions], sid },
    exclusions: [...exclusions],
    onUntag,
  }
}

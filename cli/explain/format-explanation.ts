import { BLOCK_ADVICE, NOTE_ADVICE } from '../../src/outcomes/advice.ts'
import type { Outcome } from '../../src/role/outcome.ts'
import { type CallEffect, type ExplainedStatement, explainDocument } from '../../src/trust-policy/explain.ts'
import { effectOf, isEverybody } from '../../src/trust-policy/statement.ts'
import type { Call, WantedAccess } from '../../src/trust-policy/wanted-access.ts'
import type { Paint } from '../session/paint.ts'
import { jsonOf } from '../session/parse-json.ts'
import { trustPolicyDiff } from '../trust-policy-diff.ts'
import type { Explained } from './explained.ts'

/** The whole explanation, in lines. */
export function formatExplained(
  { title, condition, document, wanted, outcome, withTag }: Explained,
  paint: Paint,
): readonly string[] {
  return [
    title,
    ...formatDocument(document, wanted, paint),
    `What would be done${condition}:`,
    ...formatDue(outcome, document, paint),
    ...(withTag ? ['If it had the tag:', ...formatDue(withTag, document, paint)] : []),
  ]
}

/** What is wanted, what each statement does to it, and what is missing, in lines. */
function formatDocument(document: string, wanted: WantedAccess, paint: Paint): readonly string[] {
  const explanation = explainDocument(document, wanted)
  const wish = `Wanted: ${formatCalls(explanation.wanted)}`
  if (explanation.kind === 'malformed') return [wish, `  It cannot be read. ${explanation.detail}`]
  const { statements, missing } = explanation
  return [
    wish,
    ...(statements.length === 0 ? ['  It has no statements.'] : formatStatements(statements, paint)),
    formatMissing(statements, missing, explanation.wanted),
  ]
}

function formatMissing(
  statements: readonly ExplainedStatement[],
  missing: readonly Call[],
  wanted: readonly Call[],
): string {
  if (missing.length > 0) return `Missing: ${formatAmong(missing, wanted)}`
  const isRestricted = statements.some(({ calls }) => calls.some(({ effect }) => effect.startsWith('restricts')))
  return `Nothing is missing${isRestricted ? ': what an owner restricted counts as given, since it is never widened' : ''}.`
}

/** What would be done and why, the change as a diff, and what a person could do. */
function formatDue(due: Outcome, document: string, paint: Paint): readonly string[] {
  const notes = due.notes.map((note) => `    Note: ${note}. ${NOTE_ADVICE[note]}`)
  switch (due.kind) {
    case 'unchanged':
      return [`  ${paint('green', 'Nothing')}: the document is as it should be.`, ...notes]
    case 'blocked': {
      const what = `  ${paint('yellow', 'Nothing')}, though something is due: it is blocked (${due.reason}).`
      return [what, `    ${due.detail}`, `    → ${BLOCK_ADVICE[due.reason]}`, ...notes]
    }
    case 'skipped':
      return [`  ${paint('yellow', 'Nothing')}, because ${due.detail}.`, ...notes]
    case 'planned':
    case 'patched':
    case 'withdrawn': {
      const diff = trustPolicyDiff(jsonOf(document), jsonOf(due.after), paint)
      return [`  ${paint('cyan', 'It would be written')} (${due.reason}):`, ...diff, ...notes]
    }
  }
}

function formatStatements(statements: readonly ExplainedStatement[], paint: Paint): readonly string[] {
  return statements.flatMap((explained, index) => {
    const { Sid: sid } = explained.statement
    const name = typeof sid === 'string' && sid !== '' ? ` ${JSON.stringify(sid)}` : ''
    const ours = explained.managed ? ', written by okta-role-trust' : ''
    const title = `  ${paint('bold', `Statement[${index}]`)}${name}${ours}`
    return [title, ...formatEffects(explained).map((line) => `    ${line}`)]
  })
}

/** Some of the wanted calls, which have just been named. */
function formatAmong(calls: readonly Call[], wanted: readonly Call[]): string {
  return calls.length === wanted.length ? 'all of that' : formatCalls(calls)
}

/** Any calls in one phrase. */
function formatCalls(calls: readonly Call[]): string {
  const actions = new Map<string, string[]>()
  for (const { provider, audience, action } of calls) {
    const whom = `${provider} with the audience ${audience}`
    actions.set(whom, [...(actions.get(whom) ?? []), action])
  }
  return [...actions].map(([whom, names]) => `${names.join(', ')} to ${whom}`).join('; ')
}

/** What affects Okta's sign-in, and then what does not, from what comes nearest to it. */
const WITH_EFFECT: readonly CallEffect[] = [
  'stops',
  'gives',
  'restricts',
  'restricts-other-audience',
  'restricts-impossibly',
  'may-stop',
  'unclear',
]
const WITHOUT_EFFECT: readonly CallEffect[] = [
  'neither-allows-nor-denies',
  'other-audience',
  'impossible-condition',
  'other-action',
  'wildcard-principal',
  'other-principal',
]

/** What a statement does; where it does nothing, what keeps it from that. */
function formatEffects(explained: ExplainedStatement): readonly string[] {
  const linesOf = (effect: CallEffect) => {
    const calls = explained.calls.filter((call) => call.effect === effect)
    return calls.length > 0 ? [formatEffect(effect, calls, explained)] : []
  }
  const { staleProviders: stale } = explained
  const effects = [
    ...WITH_EFFECT.flatMap(linesOf),
    ...(stale.length > 0
      ? [`Lets in ${stale.join(', ')}, which ${stale.length === 1 ? 'is' : 'are'} no longer wanted.`]
      : []),
  ]
  return effects.length > 0 ? effects : WITHOUT_EFFECT.flatMap(linesOf).slice(0, 1)
}

function formatEffect(effect: CallEffect, calls: readonly Call[], explained: ExplainedStatement): string {
  const { statement } = explained
  const what = formatAmong(calls, explained.calls)
  switch (effect) {
    case 'gives': {
      const any = explained.namesAudience ? '' : ' It does so for any audience: it has no condition on SAML:aud.'
      return `Lets Okta in: it allows ${what}.${any}`
    }
    case 'restricts':
      return `Lets Okta in as its owner decided: it allows ${what}, tied to ${formatCondition(explained.otherConditions)}. ${NEVER_WIDENED}`
    case 'restricts-other-audience': {
      const { otherConditions: others } = explained
      const more = others.length === 0 ? '' : ` It is tied to ${formatCondition(others)} as well.`
      return `Does not let Okta in: its condition on SAML:aud fails for ${audiencesOf(calls)}.${more} ${NEVER_WIDENED}`
    }
    case 'restricts-impossibly':
      return `Does not let Okta in: it allows ${what}, tied to ${formatCondition(explained.impossibleConditions)}, ${NEVER_HOLDS}. ${NEVER_WIDENED}`
    case 'stops':
      return `Keeps Okta out: it denies ${what}, and a Deny wins over every Allow.`
    case 'may-stop':
      return `May keep Okta out: it denies ${what}, tied to ${formatCondition(explained.openConditions)}.`
    case 'unclear':
      return `May keep Okta out: it denies ${formatEither('Action', statement)} to ${formatEither('Principal', statement)}, and whether that reaches ${what} is not certain.`
    case 'neither-allows-nor-denies':
      return `Does nothing: its Effect is ${shown(statement.Effect)}, neither "Allow" nor "Deny".`
    case 'other-audience':
      return `Does not affect Okta: ${formatReach(statement, 'action')}, but its condition on SAML:aud fails for ${audiencesOf(calls)}.`
    case 'impossible-condition':
      return `Does not affect Okta: ${formatReach(statement, 'action')}, but it is tied to ${formatCondition(explained.impossibleConditions)}, ${NEVER_HOLDS}.`
    case 'other-action':
      return `Does not affect Okta: ${formatReach(statement)}, but ${formatEither('Action', statement)} does not cover ${actionsOf(calls)}.`
    case 'wildcard-principal':
      return `Does not count as trusting Okta: what ${formatEither('Principal', statement)} means here is not certain. It would have to name the provider.`
    case 'other-principal':
      return `Is not about Okta: ${formatEither('Principal', statement)} leaves the provider out.`
  }
}

const NEVER_WIDENED = 'That is never widened.'
const NEVER_HOLDS = 'which can never hold for Okta: in a sign-in by SAML that key is missing, or nothing matches it'

/** That a statement which does nothing to Okta comes near it. */
function formatReach(statement: ExplainedStatement['statement'], action?: 'action'): string {
  if (effectOf(statement) === 'Allow') return action ? 'provider and action are right' : 'the provider is right'
  const whom = isEverybody(statement.Principal) ? 'everybody, the provider included' : 'the provider'
  return action ? `it denies that action to ${whom}` : `it denies ${whom}`
}

function formatCondition(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'a condition on SAML:aud that only a real sign-in can decide'
  return `the condition ${conditions.join(' and ')}`
}

function actionsOf(calls: readonly Call[]): string {
  return [...new Set(calls.map(({ action }) => action))].join(', ')
}

function audiencesOf(calls: readonly Call[]): string {
  return [...new Set(calls.map(({ audience }) => audience))].join(', ')
}

/** An element of a statement, or its Not form, with its value. */
function formatEither(element: 'Action' | 'Principal', statement: ExplainedStatement['statement']): string {
  const name = statement[element] === undefined ? `Not${element}` : element
  return statement[name] === undefined ? `no ${element}` : `${name} ${shown(statement[name])}`
}

/** Enough to know it by: a principal can be a list of fifty. */
const LONGEST_SHOWN = 160

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text
}

import type { PathStep, PolicyFinding } from '../../src/aws/policy-findings.ts'
import { parsePolicy } from '../../src/trust-policy/document.ts'
import { isJsonObject, type Json } from '../../src/trust-policy/json.ts'
import { countOf } from '../session/count-of.ts'
import type { Paint } from '../session/paint.ts'

/** A finding of IAM Access Analyzer as the report has it. */
export interface ShownFinding {
  readonly type: PolicyFinding['findingType']
  readonly issueCode: string
  readonly details: string
  readonly learnMoreLink: string
  /** Where in the planned trust policy, such as `Statement[1].Action (Sid OktaSso)`. */
  readonly places: readonly string[]
  /** Of an ERROR: whether the present trust policy does not have it; left out where that could not be told. */
  readonly isNew?: boolean
}

/**
 * The findings of one document, equal ones as one with all their places.
 *
 * @param errors those that are new; undefined where nobody knows which are
 */
export function shownFindings(
  findings: readonly PolicyFinding[],
  document: string,
  errors?: ReadonlySet<PolicyFinding>,
): readonly ShownFinding[] {
  const policy = parsePolicy(document)
  const shown = new Map<string, ShownFinding>()
  for (const finding of findings) {
    const { findingType: type, issueCode, findingDetails: details, learnMoreLink, locations } = finding
    const words = {
      type,
      issueCode,
      details,
      learnMoreLink,
      ...(type === 'ERROR' && errors && { isNew: errors.has(finding) }),
    }
    const key = JSON.stringify(words)
    const places = [...(shown.get(key)?.places ?? []), ...locations.map(({ path }) => placeOf(path, policy))]
    shown.set(key, { ...words, places: [...new Set(places)] })
  }
  return [...shown.values()]
}

function placeOf(path: readonly PathStep[], policy: Json | undefined): string {
  const steps = path.map((step) => {
    if ('index' in step) return `[${step.index}]`
    if ('substring' in step) return ''
    return `.${'key' in step ? step.key : step.value}`
  })
  const place = steps.join('').replace(/^\./, '') || 'the whole document'
  const sid = sidAt(path, policy)
  return sid === undefined ? place : `${place} (Sid ${sid})`
}

/** Of the statement that a path leads into. */
function sidAt([first, second]: readonly PathStep[], policy: Json | undefined): string | undefined {
  if (first === undefined || !('value' in first) || first.value !== 'Statement' || !isJsonObject(policy))
    return undefined
  const list = policy.Statement
  const statement = Array.isArray(list) && second !== undefined && 'index' in second ? list[second.index] : list
  return isJsonObject(statement) && typeof statement.Sid === 'string' && statement.Sid !== ''
    ? statement.Sid
    : undefined
}

/** Of one role: which findings, and where; what they say is told once, by {@link explainFindings}. */
export function formatFinding({ type, issueCode, places, isNew }: ShownFinding): string {
  const age = isNew === undefined ? '' : isNew ? ', which is new' : ', which it has already'
  const where = places.length === 0 ? '' : ` at ${places.join(', ')}`
  return `Access Analyzer: ${type} ${issueCode}${where}${age}`
}

const ORDER: readonly ShownFinding['type'][] = ['ERROR', 'SECURITY_WARNING', 'WARNING', 'SUGGESTION']

/** What the findings of all roles say, each once, the most serious first. */
export function explainFindings(
  roles: readonly { readonly findings?: readonly ShownFinding[] }[],
  paint: Paint,
): readonly string[] {
  const told = new Map<string, { readonly finding: ShownFinding; readonly count: number }>()
  for (const { findings = [] } of roles) {
    const ofRole = new Map(findings.map((finding) => [wordsOf(finding), finding]))
    for (const [words, finding] of ofRole) told.set(words, { finding, count: (told.get(words)?.count ?? 0) + 1 })
  }
  return [...told.values()]
    .toSorted((one, other) => ORDER.indexOf(one.finding.type) - ORDER.indexOf(other.finding.type))
    .flatMap(({ finding: { type, issueCode, details, learnMoreLink }, count }) => [
      `  Access Analyzer: ${paint('bold', `${type} ${issueCode}`)}, in ${countOf(count, 'role')}`,
      `             ${details} (${learnMoreLink})`,
    ])
}

function wordsOf({ type, issueCode, details, learnMoreLink }: ShownFinding): string {
  return JSON.stringify([type, issueCode, details, learnMoreLink])
}

import type { PathStep, PolicyFinding } from '../../src/aws/policy-findings.ts'
import { parsePolicy } from '../../src/trust-policy/document.ts'
import { isJsonObject, type Json } from '../../src/trust-policy/json.ts'

/** A trust policy with what was found in it. */
export interface ExaminedPolicy {
  /** As JSON text; undefined where there was none. */
  readonly document: string | undefined
  readonly findings: readonly PolicyFinding[]
}

/**
 * The errors that a trust policy did not have before. Errors are the same where issue and what they point at are: a
 * statement that comes or goes before another moves that one's place, and leaves its text. Where two of the same stand in
 * the new one, and one before, one is new. What points nowhere that can be found is new.
 */
export function newErrors(before: ExaminedPolicy, after: ExaminedPolicy): ReadonlySet<PolicyFinding> {
  const [old, current] = [parsed(before), parsed(after)]
  const left = new Map<string, number>()
  for (const finding of before.findings.filter(isError)) {
    for (const target of targetsOf(finding, old)) {
      if (target !== undefined) left.set(target, (left.get(target) ?? 0) + 1)
    }
  }
  /** Takes it out, so that it accounts for one error only. */
  const wasThere = (target: string | undefined) => {
    const count = target === undefined ? 0 : (left.get(target) ?? 0)
    if (target !== undefined) left.set(target, count - 1)
    return count > 0
  }
  const isNew = (finding: PolicyFinding) => targetsOf(finding, current).filter((target) => !wasThere(target)).length > 0
  return new Set(after.findings.filter((finding) => isError(finding) && isNew(finding)))
}

export function isError({ findingType }: PolicyFinding): boolean {
  return findingType === 'ERROR'
}

function parsed({ document }: ExaminedPolicy): Json | undefined {
  return document === undefined ? undefined : parsePolicy(document)
}

/** What an error is about, by each of its locations; undefined for one that the document does not have. */
function targetsOf(
  { issueCode, findingDetails, locations }: PolicyFinding,
  document: Json | undefined,
): readonly (string | undefined)[] {
  // Then nothing but its words says what it is about.
  if (locations.length === 0) return [JSON.stringify([issueCode, findingDetails])]
  return locations.map(({ path }) => {
    const target = followPath(path, document)
    return target && JSON.stringify([issueCode, ...target])
  })
}

/** The names on the way, and the value at its end: neither changes with the place in a list, nor with a list of one. */
function followPath(path: readonly PathStep[], document: Json | undefined): readonly Json[] | undefined {
  const names: string[] = []
  let value = document
  for (const step of path) {
    if (value === undefined) return undefined
    // What stands in a part of a text is told by the whole text.
    if ('substring' in step) continue
    if ('index' in step) {
      // What stands alone is a list of one.
      if (Array.isArray(value)) value = value[step.index]
      else if (step.index > 0) return undefined
      continue
    }
    const name = 'key' in step ? step.key : step.value
    names.push(name)
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined
    // A key that is not right is no more right with another value.
    if ('key' in step) return [names, null]
    value = value[name]
  }
  if (value === undefined) return undefined
  const isOfAll = names.length === 0 || (names.length === 1 && names[0] === 'Statement' && Array.isArray(value))
  // Of the document as a whole: it differs from the one before in any case.
  return [names, isOfAll ? null : withoutListsOfOne(value)]
}

function withoutListsOfOne(value: Json): Json {
  if (Array.isArray(value)) {
    const [first, ...others] = value.map(withoutListsOfOne)
    return first !== undefined && others.length === 0 ? first : value.map(withoutListsOfOne)
  }
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withoutListsOfOne(part)]))
}

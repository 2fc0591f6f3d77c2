import { isAbsent } from './absent-keys.ts'
import type { Note } from './access.ts'
import { conditionTerms, judgeCondition, labelOf } from './condition.ts'
import type { Json, JsonObject } from './json.ts'
import { coversAction, effectOf, stopsProvider } from './statement.ts'
import { type Access, type Call, callsOf } from './wanted-access.ts'

/** What the Deny statements of a document do to the wanted access. */
export interface Denial {
  /** A sentence that names the statement and what it stops, where one surely stops a wanted sign-in. */
  readonly certain: string | undefined
  readonly notes: readonly Note[]
}

/**
 * Looks for a Deny that surely stops a plain Okta sign-in: its principals include the provider, it covers the action,
 * and its conditions hold for every such sign-in. An explicit Deny always wins, so no Allow could help. One of which
 * that cannot be said for sure may stop some sign-ins (rule 3.4).
 *
 * @param version the document's, undefined where it has none
 */
export function denialOf(statements: readonly JsonObject[], wanted: Access, version: Json | undefined): Denial {
  let conditional = false
  for (const [index, statement] of statements.entries()) {
    if (effectOf(statement) !== 'Deny') continue
    for (const call of callsOf(wanted)) {
      const truths = [stopsProvider(statement, call.provider), coversAction(statement, call.action)]
      if (truths.includes('fails')) continue
      const { audience, others } = judgeCondition(statement.Condition, call.audience, version)
      truths.push(audience, others)
      if (truths.includes('fails')) continue
      if (!truths.includes('unknown')) return { certain: sentenceOn(index, statement, call), notes: [] }
      conditional = true
    }
  }
  return { certain: undefined, notes: conditional ? ['conditional-deny'] : [] }
}

function sentenceOn(index: number, { Condition: condition }: JsonObject, { provider, action, audience }: Call): string {
  const what = `Statement[${index}] denies ${action} to ${provider} with the audience ${audience}`
  const absent = conditionTerms(condition).filter(({ key }) => isAbsent(key))
  const names = absent.map(labelOf).join(' and ')
  const why = names && ` under ${names}, which holds for every SAML sign-in, since that has no such key`
  return `${what}${why}; Okta cannot sign in until that Deny is narrowed`
}

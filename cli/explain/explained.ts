import type { Outcome } from '../../src/role/outcome.ts'
import { lineOf } from '../../src/sweep/report.ts'
import { explainDocument } from '../../src/trust-policy/explain.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'

/** A trust policy of a role or a file, and what is due for it. */
export interface Explained {
  /** The first line of the text. */
  readonly title: string
  /** Ends "What would be done". */
  readonly condition: string
  readonly document: string
  readonly wanted: WantedAccess
  /** Of a file, the role's name is empty where the file does not tell it. */
  readonly outcome: Outcome
  /** What would come of an untagged role if it had the tag. */
  readonly withTag: Outcome | undefined
}

/** The same as plain JSON: the line of a report (rule 6.5), and what each statement does to each wanted call. */
export function explanationLine({ document, wanted, outcome, withTag }: Explained): object {
  const { kind: _, ...explanation } = explainDocument(document, wanted)
  const line = lineOf(outcome)
  return {
    ...line,
    roleName: line.roleName || null,
    ...explanation,
    ...(withTag && { withTag: lineOf(withTag) }),
  }
}

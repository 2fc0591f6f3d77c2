import { textOf } from './documents.ts'

/** A line of docs/compatibility.md: a fact that no document of AWS confirms. */
export interface UnconfirmedFact {
  /** Stable: a run on real AWS says by it what it saw. */
  readonly id: string
  /** As the last column has it: `none`, or runs. */
  readonly realRuns: string
}

export function readUnconfirmedFacts(): readonly UnconfirmedFact[] {
  const rows = textOf('docs/compatibility.md').matchAll(/^\| `([^`]*)` .*\| *([^|]*?) *\|$/gm)
  return [...rows].map(([, id = '', realRuns = '']) => ({ id, realRuns }))
}

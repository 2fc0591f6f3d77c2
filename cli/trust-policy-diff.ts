import { diffLines } from 'diff'
import type { Paint } from './paint.ts'

/** The lines of two documents side by side: added ones with `+`, removed ones with `-`, the others as context. */
export function trustPolicyDiff(before: unknown, after: unknown, paint: Paint): string {
  const text = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`
  return diffLines(text(before), text(after))
    .flatMap(({ value, added, removed }) => {
      const lines = value.trimEnd().split('\n')
      if (added) return lines.map((line) => paint('green', `+ ${line}`))
      if (removed) return lines.map((line) => paint('red', `- ${line}`))
      return lines.map((line) => `  ${line}`)
    })
    .map((line) => `      ${line}`)
    .join('\n')
}

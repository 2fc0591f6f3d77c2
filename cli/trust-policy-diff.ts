import { structuredPatch } from 'diff'
import type { Paint } from './session/paint.ts'

/** How many unchanged lines stand around a change, as in every unified diff. */
const CONTEXT = 3

/** The change of a trust policy as a unified diff of the documents in indented form, in lines; undefined is no document. */
export function trustPolicyDiff(before: unknown, after: unknown, paint: Paint): readonly string[] {
  const text = (document: unknown) => (document === undefined ? '' : `${JSON.stringify(document, null, 2)}\n`)
  const { hunks } = structuredPatch('', '', text(before), text(after), '', '', { context: CONTEXT })
  return hunks
    .flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
      paint('cyan', `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`),
      ...lines.map((line) => painted(line, paint)),
    ])
    .map((line) => `      ${line}`)
}

function painted(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint('green', line)
  if (line.startsWith('-')) return paint('red', line)
  return line
}

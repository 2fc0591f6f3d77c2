import { composeDocument } from './compose-document.ts'
import { readDocument } from './document.ts'

/**
 * Why a trust policy could not be written as it stands, in words, or undefined: what blocks a planned write blocks this
 * one, with every statement counted as foreign (rules 4.7, 4.8). Pure; never throws.
 *
 * @param text plain JSON text
 * @param quota characters that IAM allows, white space not counted
 */
export function writeProblem(text: string, quota: number): string | undefined {
  const read = readDocument(text)
  if (read.kind === 'malformed') return read.detail
  const { document } = read
  const { statements } = document
  const composed = composeDocument({ document, managed: new Set(), statements, quota })
  return composed.kind === 'blocked' ? composed.detail : undefined
}

import fc from 'fast-check'
import { weighted } from './names.ts'
import { anyStatement, ordinaryStatement } from './statements.ts'

const manyStatements = fc.oneof(
  weighted(10, fc.array(ordinaryStatement, { minLength: 1, maxLength: 4 })),
  weighted(8, fc.array(anyStatement, { minLength: 1, maxLength: 4 })),
  weighted(1, fc.array(ordinaryStatement, { minLength: 5, maxLength: 9 })),
  weighted(1, fc.constant([])),
)
/** As a list, or the only one outside of a list. */
const statements = fc.oneof(weighted(5, manyStatements), weighted(1, anyStatement), weighted(1, ordinaryStatement))

const version = fc.oneof(
  weighted(9, fc.constantFrom('2012-10-17', '2008-10-17')),
  weighted(1, fc.oneof(fc.jsonValue(), fc.constant('2012-10-18'))),
)
const id = fc.oneof(weighted(9, fc.string({ unit: 'binary' })), weighted(1, fc.jsonValue()))

const policy = fc.record(
  { Version: version, Id: id, Statement: statements, Ünknown: fc.jsonValue() },
  { requiredKeys: [] },
)
const usualPolicy = fc.record({
  Version: fc.oneof(weighted(4, fc.constant('2012-10-17')), weighted(1, fc.constant('2008-10-17'))),
  Statement: statements,
})

/** The same document as people, tools and IAM lay it out. */
const layout = fc.constantFrom('', '', '', ' ', '  ', '\t', '\r\n ')

/** What IAM does not take raw it can only show as escapes; raw characters are for whoever reads documents elsewhere. */
const spelling = fc.constantFrom(inLatin1, inLatin1, (text: string) => text)

/** JSON in which all characters beyond U+00FF stand as escapes. */
export function inLatin1(text: string): string {
  return text.replaceAll(/[^\0-\xff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function laidOut(document: fc.Arbitrary<unknown>) {
  return fc
    .tuple(document, layout, spelling)
    .map(([value, indent, spelled]) => spelled(JSON.stringify(value, undefined, indent)))
}

/** Where reading and writing JSON would not give the same document. */
const lossy = fc
  .tuple(
    usualPolicy,
    fc.constantFrom(
      '{"Version": "2008-10-17",',
      '{"Statement": [],',
      '{"Id": 1.0,',
      '{"Id": 1e999,',
      '{"b": 1, "1": 2,',
      '{"\\u0049d": "x",',
    ),
  )
  .map(([document, start]) => start + JSON.stringify(document).slice(1))

/** Trust policies of every kind that the rules speak of, and of kinds that should not exist, as JSON text. */
export const trustPolicy = fc.oneof(
  weighted(20, laidOut(usualPolicy)),
  weighted(8, laidOut(policy)),
  weighted(1, lossy),
)

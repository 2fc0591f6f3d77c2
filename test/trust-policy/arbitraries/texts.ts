import fc from 'fast-check'
import { weighted } from './names.ts'
import { trustPolicy } from './trust-policies.ts'

/** UTF-16 units one by one, halves of surrogate pairs among them. */
const anyUnits = fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units))

/** Cut short, or with a piece of something else in the middle. */
const damaged = fc
  .tuple(trustPolicy, fc.nat(), fc.oneof(fc.constantFrom('', '"', '\\', '{', ']', '\0', '\uD800', '\uFEFF'), anyUnits))
  .map(([text, at, piece]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + piece + (at % 2 === 0 ? '' : text.slice(place))
  })

/** Nested as deep as asked, as JSON or cut short. */
const deep = fc
  .tuple(fc.oneof(fc.integer({ min: 25, max: 40 }), fc.integer({ min: 1, max: 100_000 })), fc.boolean(), fc.boolean())
  .map(([depth, isClosed, isObject]) => {
    const [open, close] = isObject ? ['{"Statement":', '}'] : ['[', ']']
    return open.repeat(depth) + (isClosed ? `0${close.repeat(depth)}` : '')
  })

/** Some hundred kilobytes: far beyond what IAM keeps. */
const huge = fc
  .tuple(trustPolicy, fc.integer({ min: 1, max: 2_000 }))
  .map(([text, times]) => `{"Statement":[${Array.from({ length: times }, () => text).join()}]}`)

/** Anything that could come back where a trust policy is expected. */
export const anyText = fc.oneof(
  weighted(40, trustPolicy),
  weighted(40, damaged),
  weighted(20, fc.json()),
  weighted(
    2,
    fc.jsonValue().map((value) => JSON.stringify({ Statement: value })),
  ),
  weighted(
    2,
    fc.array(fc.jsonValue()).map((values) => JSON.stringify({ Statement: values })),
  ),
  weighted(
    1,
    fc.dictionary(fc.string(), fc.jsonValue()).map((statement) => JSON.stringify({ Statement: [statement] })),
  ),
  weighted(20, fc.string({ unit: 'binary' })),
  weighted(20, anyUnits),
  weighted(
    1,
    anyUnits.map((text) => JSON.stringify({ Statement: { Sid: text, Effect: text, Action: text } })),
  ),
  weighted(
    1,
    anyUnits.map((text) => `{"Statement":{"Effect":"Allow","Principal":{"Federated":"${text}"}}}`),
  ),
  weighted(10, deep),
  weighted(1, huge),
)

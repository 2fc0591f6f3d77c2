import { describe, expect, test } from 'vitest'
import { chooseByCondition } from '../../release/choose-by-condition.ts'
import { placeParameters } from '../../release/place-parameters.ts'
import { resolveTemplate } from './resolve-template.ts'

const MARKERS = new Map([
  ['marked-key', 'Key'],
  ['4871', 'Count'],
])

const text = (Default: string) => ({ Type: 'String', Default, AllowedPattern: '.*' })
const differs = (parameter: string) => ({ 'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, 'other'] }] })

/** A template with one resource, resolved with Parameters that its conditions and markers need. */
function resolved(template: unknown, given: Readonly<Record<string, string>> = {}) {
  const Parameters = { Key: text('k'), Count: text('7'), One: text('usual'), Two: text('usual') }
  const Conditions = { IsOne: differs('One'), IsTwo: differs('Two') }
  const sections = typeof template === 'object' ? template : {}
  return resolveTemplate({ Parameters, Conditions, ...sections }, 'us-east-1', given)
}

const resource = (Properties: object) => ({ Resources: { Thing: { Type: 'AWS::Some::Thing', Properties } } })

describe('a marker becomes its Parameter', () => {
  const placed = (properties: object) => resolved(placeParameters(resource(properties), MARKERS).placed)

  test('as a value, within a text, within Fn::Sub, and as a number', () => {
    expect(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
      placed({ A: 'marked-key', B: 'x-marked-key', C: { 'Fn::Sub': '${AWS::Region} marked-key' }, D: 4871 }),
    ).toMatchObject(resource({ A: 'k', B: 'x-k', C: 'us-east-1 k', D: '7' }))
  })

  test('but not where a number is part of another, as in a hash', () => {
    expect(placed({ A: '0x48710', B: 'marked-key' })).toMatchObject(resource({ A: '0x48710', B: 'k' }))
  })

  test('in a key of a policy document, with all that the document holds as it was', () => {
    const document = (key: string, arn: unknown) => ({
      // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM fills it in
      PolicyDocument: { Quote: '"\\', Variable: '${aws:username}', Arn: arn, [`tag/${key}`]: ['a', 1, true] },
    })
    expect(placed(document('marked-key', { 'Fn::GetAtt': ['Queue', 'Arn'] }))).toMatchObject(
      resource(document('k', '<Queue.Arn>')),
    )
  })

  test('and a key elsewhere is refused', () => {
    expect(() => placed({ Tags: { 'marked-key': 1 } })).toThrow('marked-key is a key')
  })

  test('and those that were not found are not named', () => {
    expect([...placeParameters(resource({ A: 'marked-key' }), MARKERS).found]).toEqual(['Key'])
  })
})

describe('two packaged templates become one', () => {
  const combined = (usual: unknown, one: unknown, two: unknown = usual) =>
    [
      { condition: 'IsOne', usual, other: one },
      { condition: 'IsTwo', usual, other: two },
    ].reduce<unknown>((template, comparison) => chooseByCondition(template, comparison), usual)
  const withPolicy = (...Statement: readonly unknown[]) => resource({ PolicyDocument: { 'marked-key': 1, Statement } })
  const placed = (template: unknown) => placeParameters(template, MARKERS).placed

  test.each([
    ['a value', resource({ A: 1, B: [1, 2] }), resource({ A: 2, B: [1, 3] })],
    ['a property that the other lacks', resource({ A: 1, B: 2 }), resource({ A: 1 })],
    ['a property that the other has', resource({ A: 1 }), resource({ A: 1, B: 2 })],
    ['part of a property', resource({ A: { B: 1, C: 2 } }), resource({ A: { B: 1 } })],
    ['a resource', { Resources: { ...resource({}).Resources, Other: { Type: 'T' } } }, resource({})],
  ])('that differ in %s', (_, usual, other) => {
    const template = combined(usual, other)
    expect(resolved(template)).toMatchObject(usual)
    expect(resolved(template, { One: 'other' })).toEqual(resolved(other))
  })

  test('that differ in one place by two settings, within a document that is a text', () => {
    const usual = withPolicy({ Sid: 'A', Condition: { B: 'x', C: 'y' } }, { Sid: 'D' })
    const one = withPolicy({ Sid: 'A', Condition: { B: 'x' } }, { Sid: 'D' })
    const two = withPolicy({ Sid: 'D' })
    const template = placed(combined(usual, one, two))
    expect(resolved(template)).toEqual(resolved(placed(usual)))
    expect(resolved(template, { One: 'other' })).toEqual(resolved(placed(one)))
    expect(resolved(template, { Two: 'other' })).toEqual(resolved(placed(two)))
    expect(resolved(template, { One: 'other', Two: 'other' })).toEqual(resolved(placed(two)))
  })

  test.each([
    ['the type of a resource', resource({}), { Resources: { Thing: { Type: 'AWS::Other', Properties: {} } } }],
    [
      'a resource that only the other has',
      resource({}),
      { Resources: { ...resource({}).Resources, New: { Type: 'T' } } },
    ],
  ])('but not where they differ in %s', (_, usual, other) => {
    expect(() => combined(usual, other)).toThrow('differs by IsOne, and no Condition can choose there')
  })
})

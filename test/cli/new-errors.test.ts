import { expect, test } from 'vitest'
import { type ExaminedPolicy, newErrors } from '../../cli/plan/new-errors.ts'
import type { PathStep, PolicyFinding } from '../../src/aws/policy-findings.ts'
import { ec2, managed, policy } from '../functions.ts'

const odd = { ...ec2, Action: 'sts:Odd' }

type Step = string | number | PathStep

/** A path as Access Analyzer writes it: a number is a place in a list, a word what stands at a key. */
const path = (...steps: readonly Step[]): PathStep[] =>
  steps.map((step) =>
    typeof step === 'number' ? { index: step } : typeof step === 'string' ? { value: step } : { ...step },
  )

function error(issueCode: string, ...paths: readonly PathStep[][]): PolicyFinding {
  return {
    findingType: 'ERROR',
    issueCode,
    findingDetails: 'details',
    learnMoreLink: 'https://docs.aws.amazon.com/',
    locations: paths.map((steps) => ({ path: steps })),
  }
}

const examined = (document: object | undefined, ...findings: readonly PolicyFinding[]): ExaminedPolicy => ({
  document: document && JSON.stringify(document),
  findings,
})

const countNew = (before: ExaminedPolicy, after: ExaminedPolicy) => newErrors(before, after).size

const at = (...steps: readonly Step[]) => error('INVALID_ACTION', path(...steps))

test.each<[string, ExaminedPolicy, ExaminedPolicy]>([
  [
    'whose statement has moved',
    examined(policy(managed, odd), at('Statement', 1, 'Action')),
    examined(policy(odd, managed), at('Statement', 0, 'Action')),
  ],
  [
    'whose statement stood alone, without a list',
    examined({ Statement: odd }, at('Statement', 'Action')),
    examined(policy(odd, managed), at('Statement', 0, 'Action')),
  ],
  [
    'whose statement stood alone, and counts as the first',
    examined({ Statement: odd }, at('Statement', 0, 'Action')),
    examined(policy(odd, managed), at('Statement', 0, 'Action')),
  ],
  [
    'whose value stood alone, without a list',
    examined(policy(odd), at('Statement', 0, 'Action')),
    examined(policy({ ...odd, Action: ['sts:Odd'] }, managed), at('Statement', 0, 'Action', 0)),
  ],
  [
    'of a statement as a whole',
    examined(policy(managed, odd), at('Statement', 1)),
    examined(policy({ ...managed, Sid: 'Other' }, odd), at('Statement', 1)),
  ],
  [
    'of a key, whatever its value',
    examined(policy({ ...managed, Foo: 1 }), at('Statement', 0, { key: 'Foo' })),
    examined(policy({ ...managed, Foo: 2 }), at('Statement', 0, { key: 'Foo' })),
  ],
  [
    'of the document as a whole',
    examined(policy(odd), error('POLICY_SIZE_EXCEEDED', path())),
    examined(policy(odd, managed), error('POLICY_SIZE_EXCEEDED', path())),
  ],
  [
    'of the list of statements',
    examined(policy(odd, odd), at('Statement')),
    examined(policy(odd, odd, managed), at('Statement')),
  ],
  [
    'of a part of a text',
    examined(policy(odd), at('Statement', 0, 'Action', { substring: { start: 4, length: 3 } })),
    examined(policy(managed, odd), at('Statement', 1, 'Action', { substring: { start: 4, length: 3 } })),
  ],
  [
    'of two places at once, in another order',
    examined(
      policy(odd),
      error('MISMATCHED', path('Statement', 0, 'Action'), path('Statement', 0, 'Principal', 'Service')),
    ),
    examined(
      policy(managed, odd),
      error('MISMATCHED', path('Statement', 1, 'Principal', 'Service'), path('Statement', 1, 'Action')),
    ),
  ],
  ['of no place, in the same words', examined(policy(odd), error('X')), examined(policy(odd, managed), error('X'))],
])('an error is not new %s', (_, before, after) => {
  expect(countNew(before, after)).toBe(0)
})

const twice = policy(odd, { ...odd, Sid: 'Second' })

test.each<[string, ExaminedPolicy, ExaminedPolicy]>([
  ['where there was none', examined(policy(odd)), examined(policy(odd, managed), at('Statement', 1, 'Action'))],
  ['where there was no document', examined(undefined), examined(policy(managed), at('Statement', 0))],
  [
    'of another issue at the same place',
    examined(policy(odd), error('INVALID_EFFECT', path('Statement', 0, 'Action'))),
    examined(policy(odd), at('Statement', 0, 'Action')),
  ],
  [
    'of the same issue in another statement, at the place where one was',
    examined(policy(odd, ec2), at('Statement', 1, 'Action')),
    examined(policy(odd, managed), at('Statement', 1, 'Action')),
  ],
  [
    'where one of the same was, and two are',
    examined(policy(odd), at('Statement', 0, 'Action')),
    examined(twice, at('Statement', 0, 'Action'), at('Statement', 1, 'Action')),
  ],
  [
    'where it has a further place',
    examined(policy(odd), at('Statement', 0, 'Action')),
    examined(twice, error('INVALID_ACTION', path('Statement', 0, 'Action'), path('Statement', 1, 'Action'))),
  ],
  [
    'where only a warning of the same stood',
    examined(policy(odd), { ...at('Statement', 0, 'Action'), findingType: 'WARNING' }),
    examined(policy(odd), at('Statement', 0, 'Action')),
  ],
  [
    'where it points at nothing that is there',
    examined(policy(odd), at('Statement', 7)),
    examined(policy(odd), at('Statement', 7)),
  ],
  [
    'where it points at a second one of what stands alone',
    examined({ Statement: odd }, at('Statement', 1, 'Action')),
    examined({ Statement: odd }, at('Statement', 1, 'Action')),
  ],
  [
    'of no place, in other words',
    examined(policy(odd), error('X')),
    examined(policy(odd), { ...error('X'), findingDetails: 'other details' }),
  ],
])('an error is new %s', (_, before, after) => {
  expect(countNew(before, after)).toBe(1)
})

test('of several errors the new ones are told', () => {
  const [old, fresh] = [at('Statement', 0, 'Action'), at('Statement', 1, 'Action')]
  const found = newErrors(examined(policy(odd), old), examined(policy(odd, managed), old, fresh))
  expect([...found]).toEqual([fresh])
})

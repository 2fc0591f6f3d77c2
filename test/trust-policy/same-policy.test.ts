import { describe, expect, test } from 'vitest'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import { ec2, policy } from '../functions.ts'

const trusting = (Principal: unknown) => JSON.stringify(policy({ ...ec2, Principal }))
const aged = (seconds: number) =>
  JSON.stringify(policy({ ...ec2, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': seconds } } }))
const deep = '{"a":'.repeat(40) + 0 + '}'.repeat(40)
const root = 'arn:aws:iam::444455556666:root'

describe('a trust policy is the same', () => {
  test.each<[string, string | undefined, string | undefined]>([
    ['with other white space', JSON.stringify(policy(ec2)), JSON.stringify(policy(ec2), null, 4)],
    ['with its keys in another order', '{"Version":"1","Statement":[]}', '{"Statement":[],"Version":"1"}'],
    [
      'with its only statement in a list or alone',
      JSON.stringify(policy(ec2)),
      JSON.stringify({ ...policy(), Statement: ec2 }),
    ],
    ['with an account as its root', trusting({ AWS: ['444455556666', 'x'] }), trusting({ AWS: ['x', root] })],
    ['as the same text that is not JSON', '{', '{'],
    ['as the same text that nests deeper than any policy', deep, deep],
    ['as none', undefined, undefined],
  ])('%s', (_, one, other) => expect(isSamePolicy(one, other)).toBe(true))
})

describe('a trust policy is another', () => {
  const [first, second] = [ec2, { ...ec2, Effect: 'Deny' }]
  test.each<[string, string | undefined, string | undefined]>([
    ['with another principal', trusting({ AWS: root }), trusting({ AWS: 'arn:aws:iam::444455556666:role/x' })],
    ['with another number in a condition', aged(3600), aged(7200)],
    ['with the root of another account', trusting({ AWS: root }), trusting({ AWS: '777788889999' })],
    ['with one principal more', trusting({ AWS: root }), trusting({ AWS: [root, 'x'] })],
    [
      'with its statements in another order',
      JSON.stringify(policy(first, second)),
      JSON.stringify(policy(second, first)),
    ],
    ['as other text that is not JSON', '{', '['],
    ['as other text that nests deeper than any policy', deep, `${deep} `],
    ['than none', undefined, '{}'],
  ])('%s', (_, one, other) => expect(isSamePolicy(one, other)).toBe(false))
})

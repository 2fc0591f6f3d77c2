import { describe, expect, test } from 'vitest'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import { ec2, policy } from '../functions.ts'

const trusting = (Principal: unknown) => JSON.stringify(policy({ ...ec2, Principal }))
const aged = (seconds: number) =>
  JSON.stringify(policy({ ...ec2, Condition: { NumericLessThan: { 'aws:MultiFactorAuthAge': seconds } } }))
const deep = '{"a":'.repeat(40) + 0 + '}'.repeat(40)
const root = 'arn:aws:iam::444455556666:root'

const by = (arn: unknown) => JSON.stringify(policy({ ...ec2, Condition: { ArnEquals: { 'aws:PrincipalArn': arn } } }))
const sparing = (NotPrincipal: unknown) => JSON.stringify(policy({ Effect: 'Deny', NotPrincipal, Action: '*' }))

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
    ['with an account left out as its root', sparing({ AWS: root }), sparing({ AWS: '444455556666' })],
    ['with principals that nobody can read', trusting({ AWS: 7 }), trusting({ AWS: [7] })],
    ['without statements', '{"Version":"1"}', '{ "Version": "1" }'],
    ['with statements that are none', '{"Statement":[7]}', '{"Statement":7}'],
    ['as a text', '"x"', ' "x"'],
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
    ['with the root of an account in a condition', by(root), by('444455556666')],
    ['with the root of an account among other values of a condition', by(['x', root]), by(['x', '444455556666'])],
    [
      'with the root of an account as a provider',
      trusting({ Federated: root }),
      trusting({ Federated: '444455556666' }),
    ],
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

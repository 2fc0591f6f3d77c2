import { expect, test } from 'vitest'
import { hasManagedStatement } from '../../src/trust-policy/plan.ts'

const managed = {
  Sid: 'OktaSso',
  Effect: 'Allow',
  Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/Old' },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
}

test.each([
  ['a document with a statement of ours', JSON.stringify({ Statement: managed }), true],
  ['a document without one', JSON.stringify({ Statement: { ...managed, Sid: 'OktaSsoB' } }), false],
  ['a document that cannot be read', '{', false],
  ['no document', undefined, false],
])('an orphan is recognised by its managed statement: %s', (_, document, expected) => {
  expect(hasManagedStatement(document, 'OktaSso')).toBe(expected)
})

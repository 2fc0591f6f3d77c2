import { describe, expect, test } from 'vitest'
import { changeViolations } from '../../src/trust-policy/change-violations.ts'

const OKTA = 'arn:aws:iam::111122223333:saml-provider/Okta'
const AUDIENCE = 'https://signin.aws.amazon.com/saml'
const SID = 'OktaSso'
const wanted = { providers: [OKTA], audiences: [AUDIENCE], actions: ['sts:AssumeRoleWithSAML'] }
const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }
const root = {
  Sid: 'Root',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Action: 'sts:AssumeRole',
}
const managed = {
  Sid: 'OktaSso',
  Effect: 'Allow',
  Principal: { Federated: OKTA },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': AUDIENCE } },
}
const old = { ...managed, Principal: { Federated: `${OKTA}-old` } }
const document = (...Statement: unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement })

describe('a change is safe', () => {
  test.each([
    ['that appends our statement', document(ec2), document(ec2, managed)],
    ['that replaces our statement in place', document(ec2, old, root), document(ec2, managed, root)],
    ['that leaves one of several of ours', document(old, ec2, { ...old, Sid: 'OktaSso2' }), document(managed, ec2)],
    [
      'that turns a single statement into a list',
      JSON.stringify({ Version: '2012-10-17', Statement: ec2 }),
      document(ec2, managed),
    ],
    ['that starts from the template', undefined, document(managed)],
    ['that starts from white space', ' ', document(managed)],
    [
      'that starts from a document without statements',
      '{"Id":"x"}',
      JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: [managed] }),
    ],
    [
      'that gives a statement of ours its missing condition',
      document(ec2, { ...old, Condition: undefined }),
      document(ec2, managed),
    ],
    [
      'that gives a statement of ours its missing audience',
      document(ec2, { ...old, Condition: { StringEquals: { 'saml:AUD': [] } } }),
      document(ec2, managed),
    ],
  ])('%s', (_, before, after) => {
    expect(changeViolations(before, after, SID, wanted)).toEqual([])
  })

  test('that withdraws our statement', () => {
    expect(changeViolations(document(ec2, managed), document(ec2), SID, undefined)).toEqual([])
  })
})

describe('a change is refused', () => {
  test.each([
    [
      'that loses a foreign statement',
      document(ec2, root),
      document(ec2, managed),
      'a foreign statement would be lost or moved: {"Sid":"Root"',
    ],
    ['that swaps foreign statements', document(ec2, root), document(root, ec2, managed), 'would be lost or moved'],
    [
      'that edits a foreign statement',
      document(ec2),
      document({ ...ec2, Action: '*' }, managed),
      'would be lost or moved',
    ],
    [
      'that takes a foreign statement for ours by its Sid',
      document({ ...root, Sid: 'OktaSso' }),
      document(managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement of ours with a condition of its owner',
      document(ec2, { ...managed, Condition: { ...managed.Condition, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement with keys beyond ours',
      document(ec2, { ...managed, NotAction: 'x' }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement whose Sid is a list',
      document(ec2, { ...old, Sid: ['OktaSso'] }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement whose effect is in small letters',
      document(ec2, { ...old, Effect: 'allow' }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement whose principal is of a kind in small letters',
      document(ec2, { ...old, Principal: { federated: OKTA } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement whose operator is in small letters',
      document(ec2, { ...old, Condition: { stringequals: { 'SAML:aud': AUDIENCE } } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement with an audience that is no text',
      document(ec2, { ...old, Condition: { StringEquals: { 'SAML:aud': [AUDIENCE, 7] } } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement without a provider',
      document(ec2, { ...old, Principal: { Federated: [] } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement without an action',
      document(ec2, { ...old, Action: [] }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement of a provider whose name is too long',
      document(ec2, { ...old, Principal: { Federated: `${OKTA}${'x'.repeat(128)}` } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that drops a statement of a provider in no partition',
      document(ec2, { ...old, Principal: { Federated: OKTA.replace(':aws:', ':azure:') } }),
      document(ec2, managed),
      'would be lost or moved',
    ],
    [
      'that grants an empty list of audiences',
      document(ec2),
      document(ec2, { ...managed, Condition: { StringEquals: { 'SAML:aud': [] } } }),
      'grants more than is wanted',
    ],
    ['that drops a statement which is no object', document('x'), document(managed), 'would be lost or moved'],
    ['that grants an unwanted provider', document(ec2), document(ec2, old), 'grants more than is wanted'],
    [
      'that grants an unwanted action',
      document(ec2),
      document(ec2, { ...managed, Action: ['sts:AssumeRoleWithSAML', 'sts:TagSession'] }),
      'grants more than is wanted',
    ],
    [
      'that grants any action',
      document(ec2),
      document(ec2, { ...managed, Action: 'sts:*' }),
      'grants more than is wanted',
    ],
    [
      'that grants an unwanted audience',
      document(ec2),
      document(ec2, { ...managed, Condition: { StringEquals: { 'SAML:aud': 'https://x.example' } } }),
      'grants more than is wanted',
    ],
    [
      'that grants any audience',
      document(ec2),
      document(ec2, { ...managed, Condition: undefined }),
      'grants more than is wanted',
    ],
    [
      'that grants to another principal beside',
      document(ec2),
      document(ec2, { ...managed, Principal: { Federated: OKTA, AWS: '*' } }),
      'grants more than is wanted',
    ],
    [
      'that grants under another operator',
      document(ec2),
      document(ec2, { ...managed, Condition: { StringLike: { 'SAML:aud': AUDIENCE } } }),
      'grants more than is wanted',
    ],
    ['that adds a foreign statement', document(ec2), document(ec2, root), 'grants more than is wanted'],
    ['that adds two statements', document(ec2), document(ec2, managed, managed), '2 statements would be new'],
    [
      'that changes the Version',
      JSON.stringify({ Version: '2008-10-17', Statement: [ec2] }),
      document(ec2, managed),
      'a key beside the statements would change',
    ],
    ['that leaves no statement', document(managed), document(), 'has no statement'],
    ['that writes what is not JSON', document(ec2), '{', 'not a JSON object'],
    ['that starts from what is not an object', '[]', document(managed), 'not a JSON object'],
  ])('%s', (_, before, after, message) => {
    expect(changeViolations(before, after, SID, wanted).join('; ')).toContain(message)
  })

  test('that grants anything in a withdrawal', () => {
    expect(changeViolations(document(ec2, old), document(ec2, managed), SID, undefined).join()).toContain(
      'grants more than is wanted',
    )
  })
})

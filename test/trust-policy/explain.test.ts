import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { existingAccess } from '../../src/trust-policy/access.ts'
import { denialOf } from '../../src/trust-policy/denial.ts'
import { readDocument } from '../../src/trust-policy/document.ts'
import { type ExplainedStatement, explainDocument } from '../../src/trust-policy/explain.ts'
import { planTrust } from '../../src/trust-policy/plan.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'
import { AUDIENCE, OKTA, SIGN_IN } from './arbitraries/names.ts'
import { trustPolicy } from './arbitraries/trust-policies.ts'
import { wantedAccess } from './arbitraries/wanted-access.ts'

const WANTED: WantedAccess = { providers: [OKTA], actions: [SIGN_IN], audiences: [AUDIENCE], sid: 'OktaSso' }

const allow = {
  Effect: 'Allow',
  Principal: { Federated: OKTA },
  Action: SIGN_IN,
  Condition: { StringEquals: { 'SAML:aud': AUDIENCE } },
}
const office = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }
const perimeter = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }
const deny = { Effect: 'Deny', Principal: '*', Action: '*' }

function explained(statement: object): ExplainedStatement | undefined {
  const explanation = explainDocument(JSON.stringify({ Statement: statement }), WANTED)
  return explanation.kind === 'document' ? explanation.statements[0] : undefined
}

describe('a statement', () => {
  test.each([
    ['gives', 'names the provider, the action and the audience', allow],
    ['gives', 'has no condition', { ...allow, Condition: {} }],
    ['restricts', 'has a condition of its own', { ...allow, Condition: { ...allow.Condition, ...office } }],
    ['stops', 'denies everything to everybody', deny],
    ['may-stop', 'denies it somewhere', { ...deny, Condition: office }],
    ['unclear', 'denies it to the account of the provider', { ...deny, Principal: { AWS: '111122223333' } }],
    ['unclear', 'denies what cannot be read whole', { ...deny, Action: ['sts:TagSession', 7] }],
    ['gives', 'spells its effect in another letter case', { ...allow, Effect: 'aLLOW' }],
    ['stops', 'spells its effect in another letter case and denies', { ...deny, Effect: 'DENY' }],
    ['stops', 'denies it to all who are not of the organization', { ...deny, Condition: perimeter }],
    [
      'may-stop',
      'denies it to all who are not of it and elsewhere',
      { ...deny, Condition: { ...perimeter, ...office } },
    ],
    [
      'impossible-condition',
      'denies it to the organization',
      { ...deny, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } } },
    ],
    [
      'restricts-other-audience',
      'has a condition of its own and another audience',
      { ...allow, Condition: { StringEquals: { 'SAML:aud': 'https://x' }, ...office } },
    ],
    [
      'restricts-impossibly',
      'has a condition of its own that no sign-in meets',
      { ...allow, Condition: { ...allow.Condition, Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
    ],
    ['neither-allows-nor-denies', 'has an effect that IAM does not know', { ...allow, Effect: 'Permit' }],
    ['other-principal', 'is about a service', { ...allow, Principal: { Service: 'ec2.amazonaws.com' } }],
    ['other-principal', 'denies it to a service', { ...deny, Principal: { Service: 'ec2.amazonaws.com' } }],
    ['wildcard-principal', 'allows it to everybody', { ...allow, Principal: '*' }],
    ['other-action', 'allows something else to the provider', { ...allow, Action: 'sts:TagSession' }],
    ['other-action', 'denies something else', { ...deny, Action: 'sts:AssumeRole' }],
    [
      'other-audience',
      'names another audience',
      { ...allow, Condition: { StringEquals: { 'SAML:aud': 'https://x' } } },
    ],
    [
      'other-audience',
      'denies another audience',
      { ...deny, Condition: { StringEquals: { 'SAML:aud': 'https://x' } } },
    ],
  ])('%s, if it %s', (effect, _, statement) => {
    expect(explained(statement)?.calls).toEqual([{ provider: OKTA, action: SIGN_IN, audience: AUDIENCE, effect }])
  })

  test('is told apart as ours by its shape', () => {
    expect(explained({ Sid: 'OktaSso', ...allow })?.managed).toBe(true)
    expect(explained({ Sid: 'OktaSso', ...allow, Action: 'sts:*' })?.managed).toBe(false)
  })

  test('shows its conditions beside the audience, and what has no form that IAM knows', () => {
    expect(explained({ ...allow, Condition: { ...allow.Condition, ...office } })?.otherConditions).toEqual([
      'IpAddress aws:SourceIp',
    ])
    expect(explained({ ...allow, Condition: { Bool: true } })?.otherConditions).toEqual(['Bool'])
  })
})

test('the conditions that decide are those that only a request can tell', () => {
  const statement = explained({ ...deny, Condition: { ...perimeter, ...office } })
  expect(statement?.openConditions).toEqual(['IpAddress aws:SourceIp'])
})

test('the Version says whether there are policy variables', () => {
  const statement = { ...allow, Condition: { StringLike: { 'SAML:aud': `\${aws:PrincipalTag/page}` } } }
  const effectIn = (Version: string) => {
    const explanation = explainDocument(JSON.stringify({ Version, Statement: statement }), WANTED)
    return explanation.kind === 'document' ? explanation.statements[0]?.calls[0]?.effect : undefined
  }
  expect(effectIn('2012-10-17')).toBe('restricts')
  expect(effectIn('2008-10-17')).toBe('other-audience')
})

test('what is missing are the calls that nobody gives', () => {
  const wanted = { ...WANTED, actions: [SIGN_IN, 'sts:TagSession'] }
  expect(explainDocument(JSON.stringify({ Statement: allow }), wanted)).toMatchObject({
    missing: [{ provider: OKTA, action: 'sts:TagSession', audience: AUDIENCE }],
  })
})

test('nothing is missing for a provider that an owner restricted', () => {
  const wanted = { ...WANTED, actions: [SIGN_IN, 'sts:TagSession'] }
  const restricted = { ...allow, Condition: office }
  expect(explainDocument(JSON.stringify({ Statement: restricted }), wanted)).toMatchObject({ missing: [] })
})

test('a document that cannot be read has no statements to explain', () => {
  expect(explainDocument('{', WANTED)).toMatchObject({
    kind: 'malformed',
    detail: 'document: found text that is not JSON',
  })
  expect(explainDocument(undefined, WANTED)).toMatchObject({ kind: 'document', statements: [] })
})

describe('over generated trust policies', () => {
  const law = (name: string, check: (document: string, wanted: WantedAccess) => void) =>
    test(name, () => fc.assert(fc.property(trustPolicy, wantedAccess, check), { numRuns: 200 }))
  const statementsOf = (document: string) => {
    const read = readDocument(document)
    return read.kind === 'document' ? read.document.statements : []
  }
  const effectsOf = (document: string, wanted: WantedAccess) => {
    const explanation = explainDocument(document, wanted)
    if (explanation.kind === 'malformed') return []
    return explanation.statements.flatMap(({ calls }) => calls.map(({ effect }) => effect))
  }

  law('nothing is missing exactly where the engine finds the access complete', (document, wanted) => {
    const explanation = explainDocument(document, wanted)
    fc.pre(explanation.kind === 'document')
    expect(explanation.missing.length === 0).toBe(
      existingAccess(statementsOf(document), wanted, JSON.parse(document).Version).complete,
    )
  })

  law('a statement stops Okta exactly where the engine finds a certain Deny', (document, wanted) => {
    const certain = denialOf(statementsOf(document), wanted, JSON.parse(document).Version).certain !== undefined
    expect(effectsOf(document, wanted).includes('stops')).toBe(certain)
  })

  law('a statement restricts Okta exactly where the engine notes it', (document, wanted) => {
    const { notes } = existingAccess(statementsOf(document), wanted, JSON.parse(document).Version)
    const restricts = effectsOf(document, wanted).some((effect) => effect.startsWith('restricts'))
    expect(restricts).toBe(notes.includes('restricted-by-owner'))
  })

  law('the document after a change misses nothing, restrictions aside', (document, wanted) => {
    const plan = planTrust(document, wanted, 2048)
    fc.pre(plan.kind === 'change' && !plan.notes.includes('restricted-by-owner'))
    expect(explainDocument(plan.document, wanted)).toMatchObject({ missing: [] })
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeViolations } from '../../src/trust-policy/change-violations.ts'
import { isJsonObject, type Json } from '../../src/trust-policy/json.ts'
import { managedGrantOf } from '../../src/trust-policy/managed-statement.ts'
import {
  hasManagedStatement,
  hasSameManaged,
  type Plan,
  planTrust,
  planWithdrawal,
} from '../../src/trust-policy/plan.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'
import { ENTRA, OKTA, OTHER_SIDS, SID } from './arbitraries/names.ts'
import { trustPolicy } from './arbitraries/trust-policies.ts'
import { accessOfAnotherStack, wantedAccess } from './arbitraries/wanted-access.ts'
import { PROOF_TIMEOUT, proofRuns } from './proof-runs.ts'

// Two stacks in one account, and a role that carries the tags of both.

const QUOTA = 2048
const NO_QUOTA = 1e9

const law = (name: string, property: fc.IProperty<never> | fc.IRawProperty<unknown>) =>
  test(name, { timeout: PROOF_TIMEOUT }, () => fc.assert(property, proofRuns))

const outcome = (plan: Plan, document: string) => (plan.kind === 'change' ? plan.document : document)

/** As text, so that the order of keys counts too. */
function statementsOf(document: string, sid: string): readonly string[] {
  const statements: readonly Json[] = [JSON.parse(document).Statement ?? []].flat()
  return statements.flatMap((one) =>
    isJsonObject(one) && managedGrantOf(one, sid) !== undefined ? [JSON.stringify(one)] : [],
  )
}

const stacks = fc.tuple(wantedAccess, accessOfAnotherStack)
/** Whose turn it is, in whatever order events come. */
const turns = fc.array(fc.boolean(), { maxLength: 6 })

/** Lets each of them act when it is its turn; at each change the statements of the other must stay. */
function play(document: string, [one, other]: readonly [WantedAccess, WantedAccess], order: readonly boolean[]) {
  return order.reduce((current, isFirst) => {
    const [actor, bystander] = isFirst ? [one, other] : [other, one]
    const next = outcome(planTrust(current, actor, QUOTA), current)
    expect(statementsOf(next, bystander.sid)).toEqual(statementsOf(current, bystander.sid))
    return next
  }, document)
}

const EACH_TWICE = [true, false, true, false]

law(
  'whoever acts when, once each has acted twice nothing is due any more, and neither has touched what is the other’s',
  fc.property(trustPolicy, stacks, turns, (document, both, order) => {
    const rest = play(document, both, [...order, ...EACH_TWICE])
    for (const wanted of both) expect(planTrust(rest, wanted, QUOTA).kind).not.toBe('change')
  }),
)

law(
  'a withdrawal by one leaves the statements of the other, passes the independent check, and then they come to rest again',
  fc.property(trustPolicy, stacks, (document, both) => {
    const rest = play(document, both, EACH_TWICE)
    for (const [leaving, staying] of [both, [both[1], both[0]] as const]) {
      const plan = planWithdrawal(rest, leaving.sid, QUOTA)
      if (plan.kind !== 'change') continue
      expect(changeViolations(rest, plan.document, leaving.sid, undefined)).toEqual([])
      expect(hasManagedStatement(plan.document, leaving.sid)).toBe(false)
      expect(statementsOf(plan.document, staying.sid)).toEqual(statementsOf(rest, staying.sid))
      expect(hasSameManaged(plan.document, rest, staying.sid)).toBe(true)
      const after = outcome(planTrust(plan.document, staying, QUOTA), plan.document)
      expect(planTrust(after, staying, QUOTA).kind).not.toBe('change')
      expect(hasManagedStatement(after, leaving.sid)).toBe(false)
    }
  }),
)

law(
  'the independent check refuses every change of one stack that another makes',
  fc.property(trustPolicy, stacks, (document, [one, other]) => {
    const before = outcome(planTrust(document, one, NO_QUOTA), document)
    fc.pre(hasManagedStatement(before, one.sid))
    const withdrawn = planWithdrawal(before, one.sid, NO_QUOTA)
    fc.pre(withdrawn.kind === 'change')
    expect(changeViolations(before, withdrawn.document, other.sid, undefined)).not.toEqual([])
  }),
)

const ofStack = (sid: string, provider: string): WantedAccess => ({
  sid,
  providers: [provider],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
})
const ec2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }

describe('the statement of another stack is foreign, however near its Sid is', () => {
  test.each(OTHER_SIDS.flatMap((sid) => [[sid], [`${sid}2`]]))('%s', (sid) => {
    const base = sid.replace(/2$/, '')
    const own = planTrust(JSON.stringify({ Statement: [ec2] }), ofStack(base, ENTRA), QUOTA)
    const theirs = outcome(own, '').replace(`"${base}"`, `"${sid}"`)
    expect(hasManagedStatement(theirs, base)).toBe(true)
    expect(hasManagedStatement(theirs, SID)).toBe(false)
    const plan = planTrust(theirs, ofStack(SID, OKTA), QUOTA)
    const { Statement: statements } = JSON.parse(outcome(plan, ''))
    expect(statements.map(({ Sid }: { Sid?: string }) => Sid)).toEqual([undefined, sid, SID])
    expect(planTrust(outcome(plan, ''), ofStack(base, ENTRA), QUOTA)).toEqual(
      sid === base ? { kind: 'unchanged', notes: [] } : expect.objectContaining({ kind: 'change' }),
    )
  })
})

describe('two trust policies hold the same of a stack', () => {
  const hold = (...statements: readonly object[]) => JSON.stringify({ Statement: [ec2, ...statements] })
  const statement = {
    Sid: SID,
    Effect: 'Allow',
    Principal: { Federated: [OKTA, ENTRA] },
    Action: 'sts:AssumeRoleWithSAML',
    Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
  }

  test.each([
    ['nothing', hold(), hold({ ...statement, Sid: 'EntraSso' }), true],
    [
      'what lists it in another order',
      hold(statement),
      hold({ ...statement, Principal: { Federated: [ENTRA, OKTA] } }),
      true,
    ],
    ['one that cannot be read, and one with nothing', '{', hold(), true],
    ['another provider', hold(statement), hold({ ...statement, Principal: { Federated: OKTA } }), false],
    ['one more statement', hold(statement), hold(statement, { ...statement, Sid: `${SID}2` }), false],
    [
      'one for any audience',
      hold({ ...statement, Condition: { StringEquals: { 'SAML:aud': [] } } }),
      hold({ ...statement, Condition: {} }),
      false,
    ],
    ['none of it any more', hold(statement), hold(), false],
    ['none of it any more, in a document that is gone', hold(statement), undefined, false],
  ])('or not: %s', (_, one, other, expected) => {
    expect(hasSameManaged(one, other, SID)).toBe(expected)
    expect(hasSameManaged(other, one, SID)).toBe(expected)
  })
})

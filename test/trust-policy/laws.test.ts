import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeViolations } from '../../src/trust-policy/change-violations.ts'
import { managedGrantOf } from '../../src/trust-policy/managed-statement.ts'
import { hasManagedStatement, planTrust, planWithdrawal } from '../../src/trust-policy/plan.ts'
import { OKTA, OLD_OKTA, trustPolicy, wantedAccess } from './arbitraries.ts'

// Laws over generated trust policies. A failing run prints its seed and the smallest counterexample.

const QUOTA = 2048
const RUNS = { numRuns: 200 }

const law = (name: string, property: fc.IProperty<never> | fc.IRawProperty<unknown>) =>
  test(name, () => fc.assert(property, RUNS))

/** The statements of a document as a list, whatever the form. */
function statementsOf(document: string) {
  return [JSON.parse(document).Statement ?? []].flat()
}
const isForeign = (statement: Parameters<typeof managedGrantOf>[0]) => managedGrantOf(statement) === undefined

law(
  'a second run changes nothing',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(planTrust(plan.document, wanted, QUOTA)).toEqual({ kind: 'unchanged', notes: plan.notes })
  }),
)

law(
  'foreign statements stay as they are and in order',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(statementsOf(plan.document).filter(isForeign)).toEqual(statementsOf(document).filter(isForeign))
  }),
)

law(
  'every change passes the independent check',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(changeViolations(document, plan.document, wanted)).toEqual([])
  }),
)

law(
  'every withdrawal passes the independent check and leaves nothing managed',
  fc.property(trustPolicy, (document) => {
    const plan = planWithdrawal(document, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(changeViolations(document, plan.document, undefined)).toEqual([])
    expect(hasManagedStatement(plan.document)).toBe(false)
  }),
)

law(
  'what was patched and then withdrawn is as it was before',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change' && plan.reason === 'access-missing')
    const back = planWithdrawal(plan.document, QUOTA)
    expect(back.kind === 'change' && { ...JSON.parse(back.document), Statement: statementsOf(back.document) }).toEqual({
      ...JSON.parse(document),
      Statement: statementsOf(document),
    })
  }),
)

law(
  'a rotation leaves no trace of the old provider in managed statements',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const old = { ...wanted, providers: [OLD_OKTA] }
    const first = planTrust(document, old, QUOTA)
    const rotated = planTrust(
      first.kind === 'change' ? first.document : document,
      { ...wanted, providers: [OKTA] },
      QUOTA,
    )
    fc.pre(rotated.kind === 'change')
    expect(statementsOf(rotated.document).filter((one) => managedGrantOf(one)?.providers.includes(OLD_OKTA))).toEqual(
      [],
    )
  }),
)

law(
  'the quota is never passed',
  fc.property(trustPolicy, wantedAccess, fc.integer({ min: 1, max: 1500 }), (document, wanted, quota) => {
    const plan = planTrust(document, wanted, quota)
    fc.pre(plan.kind === 'change')
    expect(plan.document.replaceAll(/\s/g, '').length).toBeLessThanOrEqual(quota)
  }),
)

law(
  'one value and a list of one plan alike',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const listed = JSON.stringify(JSON.parse(document), (key, value) =>
      ['Federated', 'AWS', 'Service', 'Action', 'NotAction', 'SAML:aud', 'saml:aud', 'Statement'].includes(key)
        ? [value].flat()
        : value,
    )
    const [plan, other] = [planTrust(document, wanted, 1e6), planTrust(listed, wanted, 1e6)]
    expect({ ...other, document: undefined, detail: undefined }).toEqual({
      ...plan,
      document: undefined,
      detail: undefined,
    })
  }),
)

law(
  'no text whatsoever makes the engine throw',
  fc.property(
    fc.oneof(
      fc.string(),
      fc.json(),
      trustPolicy,
      fc.jsonValue().map((value) => JSON.stringify({ Statement: value })),
    ),
    wantedAccess,
    (text, wanted) => {
      expect(['unchanged', 'change', 'blocked']).toContain(planTrust(text, wanted, QUOTA).kind)
      expect(['unchanged', 'change', 'blocked']).toContain(planWithdrawal(text, QUOTA).kind)
    },
  ),
)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeViolations } from '../../src/trust-policy/change-violations.ts'
import { explainDocument } from '../../src/trust-policy/explain.ts'
import { managedGrantOf } from '../../src/trust-policy/managed-statement.ts'
import type { Plan } from '../../src/trust-policy/plan.ts'
import { hasManagedStatement, planTrust, planWithdrawal } from '../../src/trust-policy/plan.ts'
import { isSamePolicy } from '../../src/trust-policy/same-policy.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'
import { writeProblem } from '../../src/trust-policy/write-problem.ts'
import { OKTA, OLD_OKTA, SID } from './arbitraries/names.ts'
import { anyText } from './arbitraries/texts.ts'
import { inLatin1, trustPolicy } from './arbitraries/trust-policies.ts'
import { wantedAccess } from './arbitraries/wanted-access.ts'
import { PROOF_TIMEOUT, proofRuns } from './proof-runs.ts'

// Laws over generated trust policies and generated wanted access. docs/proof.md says how to replay a failure.

const QUOTA = 2048
const NO_QUOTA = 1e9

const law = (name: string, property: fc.IProperty<never> | fc.IRawProperty<unknown>) =>
  test(name, { timeout: PROOF_TIMEOUT }, () => fc.assert(property, proofRuns))

/** The statements of a document as a list, whatever the form. */
function statementsOf(document: string) {
  return [JSON.parse(document).Statement ?? []].flat()
}
function isForeign(statement: Parameters<typeof managedGrantOf>[0]) {
  return managedGrantOf(statement, SID) === undefined
}
/** As text, so that the order of keys counts too. */
function withStatements(document: string, statements: unknown) {
  return JSON.stringify({ ...JSON.parse(document), Statement: statements })
}
/** The trust policy that a role has once a plan is carried out. */
function outcome(plan: Plan, document: string) {
  return plan.kind === 'change' ? plan.document : document
}
/** A plan but for what follows from the form of the document: its text, and the words about a place in it. */
function decision(plan: Plan) {
  return { ...plan, document: undefined, detail: undefined }
}
function reversed({ providers, audiences, actions, sid }: WantedAccess): WantedAccess {
  return { providers: providers.toReversed(), audiences: audiences.toReversed(), actions: actions.toReversed(), sid }
}

law(
  'a second run changes nothing, in whatever order the wanted access is listed',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    const right: Plan = { kind: 'unchanged', notes: plan.notes }
    expect(planTrust(plan.document, wanted, QUOTA)).toEqual(right)
    expect(planTrust(plan.document, reversed(wanted), QUOTA)).toEqual(right)
  }),
)

law(
  'a change changes something',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(JSON.parse(plan.document)).not.toEqual(JSON.parse(document))
  }),
)

law(
  'foreign statements stay as they are and in order, to the order of their keys',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    const foreign = statementsOf(document).filter(isForeign)
    const kept = statementsOf(plan.document).filter(isForeign)
    expect(kept).toEqual(foreign)
    expect(JSON.stringify(kept)).toBe(JSON.stringify(foreign))
  }),
)

law(
  'what stands beside the statements stays, and only a document without any gets a Version',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    const { Version, ...others } = JSON.parse(document)
    const isNew = statementsOf(document).length === 0 && Version === undefined
    const expected = isNew ? withStatements(JSON.stringify({ Version: '2012-10-17', ...others }), []) : document
    expect(withStatements(plan.document, [])).toBe(withStatements(expected, []))
  }),
)

law(
  'the managed statement stands where the first one stood, or else last',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    const after = statementsOf(plan.document)
    const place = after.findIndex((statement) => !isForeign(statement))
    fc.pre(place >= 0)
    const before = statementsOf(document).findIndex((statement) => !isForeign(statement))
    expect(place).toBe(before < 0 ? after.length - 1 : before)
  }),
)

law(
  'at most one managed statement stays, and it grants nothing but wanted access',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind !== 'blocked')
    const [grant, ...others] = statementsOf(outcome(plan, document)).flatMap((one) => managedGrantOf(one, SID) ?? [])
    expect(others).toEqual([])
    fc.pre(grant !== undefined)
    expect(wanted.providers).toEqual(expect.arrayContaining([...grant.providers]))
    expect(wanted.actions).toEqual(expect.arrayContaining([...grant.actions]))
    expect(wanted.audiences).toEqual(expect.arrayContaining([...grant.audiences]))
    expect(grant.audiences).not.toEqual([])
  }),
)

law(
  'every change passes the independent check',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(changeViolations(document, plan.document, SID, wanted)).toEqual([])
  }),
)

law(
  'every withdrawal passes the independent check, leaves nothing managed, and is due once',
  fc.property(trustPolicy, (document) => {
    const plan = planWithdrawal(document, SID, QUOTA)
    fc.pre(plan.kind === 'change')
    expect(changeViolations(document, plan.document, SID, undefined)).toEqual([])
    expect(hasManagedStatement(plan.document, SID)).toBe(false)
    expect(planWithdrawal(plan.document, SID, QUOTA)).toEqual({ kind: 'unchanged', notes: [] })
  }),
)

law(
  'patched and then withdrawn, a document with foreign statements alone is as it was, its statements in a list',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change' && plan.reason === 'access-missing')
    const back = planWithdrawal(plan.document, SID, QUOTA)
    expect(back).toEqual({
      kind: 'change',
      reason: 'withdrawal',
      document: inLatin1(withStatements(document, statementsOf(document))),
      notes: [],
    })
  }),
)

law(
  'a withdrawal leaves the same behind, whether or not the document was patched before',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, QUOTA)
    fc.pre(plan.kind === 'change' && plan.reason === 'managed-statement-differs')
    const [patchedFirst, alone] = [planWithdrawal(plan.document, SID, QUOTA), planWithdrawal(document, SID, QUOTA)]
    expect(patchedFirst.kind === 'blocked').toBe(alone.kind === 'blocked')
    fc.pre(alone.kind !== 'blocked')
    expect(outcome(patchedFirst, plan.document)).toBe(outcome(alone, document))
  }),
)

law(
  'what is written are characters that IAM takes in a policy',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, NO_QUOTA)
    fc.pre(plan.kind === 'change')
    expect(plan.document).toMatch(/^[\t\n\r\x20-\xff]*$/)
  }),
)

law(
  'a rotation leaves no trace of the old provider in managed statements',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const before = outcome(planTrust(document, { ...wanted, providers: [OLD_OKTA] }, QUOTA), document)
    const rotated = planTrust(before, { ...wanted, providers: [OKTA] }, QUOTA)
    fc.pre(rotated.kind !== 'blocked')
    const managed = statementsOf(outcome(rotated, before)).filter((one) => !isForeign(one))
    expect(JSON.stringify(managed)).not.toContain(OLD_OKTA)
  }),
)

law(
  'the quota is kept to the character, and is no reason below it',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, NO_QUOTA)
    fc.pre(plan.kind === 'change')
    const size = plan.document.replaceAll(/\s/g, '').length
    expect(planTrust(document, wanted, size)).toEqual(plan)
    expect(planTrust(document, wanted, size - 1)).toMatchObject({
      kind: 'blocked',
      reason: 'quota',
      detail: expect.stringMatching(new RegExp(`\\b${size}\\b.*\\b${size - 1}\\b`)),
    })
  }),
)

law(
  'one value and a list of one plan alike',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const plan = planTrust(document, wanted, NO_QUOTA)
    const keys = ['Federated', 'AWS', 'Service', 'Action', 'NotAction', 'SAML:aud', 'saml:aud', 'Statement']
    // A document with a key twice must keep it, and no second form of it can be made.
    fc.pre(plan.kind !== 'blocked' || !plan.detail.startsWith('document:'))
    const listed = JSON.stringify(JSON.parse(document), (key, value) =>
      keys.includes(key) && value !== null && !Array.isArray(value) ? [value] : value,
    )
    const bare = JSON.stringify(JSON.parse(document), (key, value) =>
      keys.includes(key) && Array.isArray(value) && value.length === 1 && !Array.isArray(value[0]) ? value[0] : value,
    )
    expect(decision(planTrust(listed, wanted, NO_QUOTA))).toEqual(decision(plan))
    expect(decision(planTrust(bare, wanted, NO_QUOTA))).toEqual(decision(plan))
  }),
)

law(
  'white space between the parts of a document does not matter',
  fc.property(trustPolicy, wantedAccess, fc.constantFrom(' ', '\t', '\r\n'), (document, wanted, space) => {
    const spaced = `${space}${JSON.stringify(JSON.parse(document), undefined, space)}${space}`
    const compact = JSON.stringify(JSON.parse(document))
    expect(planTrust(spaced, wanted, QUOTA)).toEqual(planTrust(compact, wanted, QUOTA))
    expect(planWithdrawal(spaced, SID, QUOTA)).toEqual(planWithdrawal(compact, SID, QUOTA))
  }),
)

law(
  'the letter case of actions and of condition keys does not matter',
  fc.property(trustPolicy, wantedAccess, fc.boolean(), (document, wanted, isUpper) => {
    const plan = planTrust(document, wanted, NO_QUOTA)
    fc.pre(plan.kind !== 'blocked' || !plan.detail.startsWith('document:'))
    const cased = document
      .replaceAll(/"sts:[\w*?]*"/gi, (text) => (isUpper ? text.toUpperCase() : text.toLowerCase()))
      .replaceAll(/"saml:aud":/gi, (text) => (isUpper ? text.toUpperCase() : text.toLowerCase()))
    // Two keys that differ in their case only would become one key twice.
    fc.pre(JSON.stringify(JSON.parse(cased)).length === JSON.stringify(JSON.parse(document)).length)
    expect(decision(planTrust(cased, wanted, NO_QUOTA))).toEqual(decision(plan))
  }),
)

law(
  'the letter case of the Effect of a foreign statement does not matter',
  fc.property(trustPolicy, wantedAccess, fc.boolean(), (document, wanted, isUpper) => {
    const plan = planTrust(document, wanted, NO_QUOTA)
    fc.pre(plan.kind !== 'blocked' || !plan.detail.startsWith('document:'))
    const cased = statementsOf(document).map((one) => {
      const isName = typeof one.Effect === 'string' && isForeign(one)
      return isName ? { ...one, Effect: isUpper ? one.Effect.toUpperCase() : one.Effect.toLowerCase() } : one
    })
    expect(decision(planTrust(withStatements(document, cased), wanted, NO_QUOTA))).toEqual(decision(plan))
  }),
)

law(
  'what is handed in is not changed',
  fc.property(trustPolicy, wantedAccess, (document, wanted) => {
    const before = JSON.stringify(wanted)
    const plan = planTrust(document, wanted, QUOTA)
    changeViolations(document, outcome(plan, document), SID, wanted)
    expect(Object.values(wanted).every(Object.isFrozen)).toBe(true)
    expect(JSON.stringify(wanted)).toBe(before)
  }),
)

law(
  'no text whatsoever makes the engine throw, and whatever it refuses it says why',
  fc.property(anyText, wantedAccess, (text, wanted) => {
    for (const plan of [planTrust(text, wanted, QUOTA), planWithdrawal(text, SID, QUOTA)]) {
      if (plan.kind === 'blocked') expect(plan.detail).toMatch(/\S/)
      if (plan.kind === 'change') changeViolations(text, plan.document, SID, wanted)
    }
    expect([true, false]).toContain(hasManagedStatement(text, SID))
    expect([true, false]).toContain(isSamePolicy(text, `${text} `))
    expect(['document', 'malformed']).toContain(explainDocument(text, wanted).kind)
    expect(writeProblem(text, QUOTA) ?? 'none').toMatch(/\S/)
  }),
)

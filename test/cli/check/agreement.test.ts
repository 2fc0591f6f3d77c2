import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { checkRole } from '../../../cli/check/check-role.ts'
import { readDeclarations } from '../../../cli/check/read-declarations.ts'
import { isTooDeep } from '../../../src/trust-policy/document.ts'
import { planTrust } from '../../../src/trust-policy/plan.ts'
import type { WantedAccess } from '../../../src/trust-policy/wanted-access.ts'
import { ACCOUNT, weighted } from '../../trust-policy/arbitraries/names.ts'
import { trustPolicy } from '../../trust-policy/arbitraries/trust-policies.ts'
import { wantedAccess } from '../../trust-policy/arbitraries/wanted-access.ts'
import { PROOF_TIMEOUT, proofRuns } from '../../trust-policy/proof-runs.ts'

// What a plan or a template tells of a trust policy is decided as the engine decides about the same document.

const RUNS = { ...proofRuns, numRuns: Math.max(1000, proofRuns.numRuns ?? 0) }
const WHEREABOUTS = { account: ACCOUNT, partition: 'aws', regions: ['us-east-1', 'no-region-1'] }
const TAG = { key: 'okta-sso', value: 'true' }

/** What check says of each role of a text, its kind and reason. */
async function kindsIn(text: string, wanted: WantedAccess) {
  const rules = { wanted, tag: TAG, exclusions: [], onUntag: 'keep', mode: 'enforce' } as const
  const { roles } = readDeclarations(text, 'file', WHEREABOUTS)
  const kinds: Record<string, string> = {}
  for (const role of roles) {
    const readQuota = async () => ({ characters: 2048 })
    const checked = await checkRole(role, { rules, whereabouts: WHEREABOUTS, readQuota })
    if (checked !== undefined) kinds[checked.name] = [checked.kind, checked.reason].join()
  }
  return kinds
}

/** What the engine says of a trust policy. */
function kindOf(document: string, wanted: WantedAccess): string {
  const plan = planTrust(document, wanted, 2048)
  if (plan.kind === 'unchanged') return 'unchanged,'
  return plan.kind === 'change' ? `planned,${plan.reason}` : `blocked,${plan.reason}`
}

/** Every so often a trust policy as the engine leaves it, so that many are right. */
function mended(document: string, wanted: WantedAccess, isMended: boolean): string {
  const plan = planTrust(document, wanted, 2048)
  return isMended && plan.kind === 'change' ? plan.document : document
}

class Reached {
  readonly #counts = new Map<string, number>()
  #all = 0

  add(kinds: readonly string[]): void {
    for (const kind of kinds.map((one) => one.split(',', 1).join())) {
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1)
      this.#all += 1
    }
  }

  /** A law about what is never generated proves nothing. */
  expectEach(): void {
    for (const kind of ['unchanged', 'planned', 'blocked', 'unknown']) {
      expect([kind, (this.#counts.get(kind) ?? 0) / this.#all > 0.1]).toEqual([kind, true])
    }
  }
}

/** Carries the tag, does not, or nobody knows. */
const tagging = fc.oneof(
  weighted(6, fc.constant('tagged')),
  weighted(1, fc.constant('untagged')),
  weighted(1, fc.constant('unknown')),
)
const letterCase = fc.constantFrom('okta-sso', 'Okta-SSO', 'OKTA-SSO')

describe('a Terraform plan', () => {
  const role = fc.record({
    document: trustPolicy,
    isMended: fc.boolean(),
    tagging,
    key: letterCase,
    isUnknown: fc.oneof(weighted(5, fc.constant(false)), weighted(1, fc.constant(true))),
    isByDefault: fc.boolean(),
    depth: fc.nat(3),
    action: fc.constantFrom(['create'], ['update'], ['no-op'], ['delete', 'create']),
  })
  const plans = fc.tuple(fc.array(role, { minLength: 1, maxLength: 4 }), wantedAccess).map(([roles, wanted]) => ({
    roles: roles.map((one) => ({ ...one, document: mended(one.document, wanted, one.isMended) })),
    wanted,
  }))
  type Role = typeof role extends fc.Arbitrary<infer Value> ? Value : never
  const reached = new Reached()

  /** As `terraform show -json` lays it out. */
  function planOf(roles: readonly Role[]): string {
    const changes: object[] = []
    let root: { resources: object[]; child_modules: object[] } = { resources: [], child_modules: [] }
    for (const [index, { document, tagging, key, isUnknown, isByDefault, depth, action }] of roles.entries()) {
      const address = `${'module.x.'.repeat(depth)}aws_iam_role.this[${index}]`
      const tags = tagging === 'tagged' ? { [key]: 'TRUE' } : { team: 'x' }
      const known = tagging !== 'unknown'
      const values = {
        name: `role-${index}`,
        path: '/',
        ...(known && { tags: isByDefault ? null : tags, tags_all: { team: 'x', ...tags } }),
        ...(!isUnknown && { assume_role_policy: document }),
      }
      const unknown = { arn: true, ...(!known && { tags_all: true }), ...(isUnknown && { assume_role_policy: true }) }
      changes.push({
        address,
        mode: 'managed',
        type: 'aws_iam_role',
        change: { actions: action, before: null, after: values, after_unknown: unknown },
      })
      const resource = { address, mode: 'managed', type: 'aws_iam_role', values }
      // Those of a module below stand below it.
      let module = { resources: [resource], child_modules: [] as object[] }
      for (let level = 0; level < depth; level += 1) module = { resources: [], child_modules: [module] }
      root = {
        resources: [...root.resources, ...module.resources],
        child_modules: [...root.child_modules, ...module.child_modules],
      }
    }
    return JSON.stringify({
      format_version: '1.2',
      planned_values: { root_module: root },
      resource_changes: changes,
    })
  }

  test('of generated trust policies is decided as the engine decides about these', {
    timeout: PROOF_TIMEOUT,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(plans, async ({ roles, wanted }) => {
        const expected = roles.flatMap(({ document, tagging, isUnknown, depth }, index) => {
          const address = `${'module.x.'.repeat(depth)}aws_iam_role.this[${index}]`
          if (tagging === 'untagged') return []
          if (tagging === 'unknown')
            return [[address, 'unknown,whether it has the tag: tags_all: known only after apply']]
          return [
            [address, isUnknown ? 'unknown,assume_role_policy: known only after apply' : kindOf(document, wanted)],
          ]
        })
        const found = await kindsIn(planOf(roles), wanted)
        expect(found).toEqual(Object.fromEntries(expected))
        reached.add(Object.values(found))
      }),
      RUNS,
    )
    reached.expectEach()
  })
})

describe('a CloudFormation template', () => {
  const UNKNOWN: readonly object[] = [
    { 'Fn::ImportValue': 'x' },
    { Ref: 'Unset' },
    { 'Fn::GetAtt': ['Other', 'Arn'] },
    { 'Fn::Sub': `\${Other.Arn}` },
    { 'Fn::Nobody::Knows': [] },
    { 'Fn::If': ['Open', 'x', 'y'] },
    { 'Fn::Transform': { Name: 'x' } },
  ]

  /** One text in the ways in which a template can say it. */
  const SPELLINGS: readonly ((text: string) => unknown)[] = [
    (text) => text,
    (text) => text,
    (text) => ({ 'Fn::Join': ['', [text.slice(0, 5), text.slice(5)]] }),
    (text) => ({ 'Fn::Sub': text.replaceAll('${', '${!') }),
    (text) => ({ 'Fn::Sub': [`\${Text}`, { Text: text }] }),
    (text) => ({ 'Fn::Select': ['1', ['x', text]] }),
    (text) => ({ 'Fn::If': ['Always', text, { Ref: 'Unset' }] }),
    (text) => ({ 'Fn::If': ['Open', text, text] }),
  ]

  /** The same document with its texts told by functions, chosen by a number that runs through them. */
  function spelt(value: unknown, choices: readonly number[]): unknown {
    let at = 0
    const walk = (one: unknown): unknown => {
      if (Array.isArray(one)) return one.map(walk)
      if (typeof one === 'object' && one !== null)
        return Object.fromEntries(Object.entries(one).map(([key, item]) => [key, walk(item)]))
      if (typeof one !== 'string') return one
      at += 1
      return SPELLINGS[choices[at % choices.length] ?? 0]?.(one)
    }
    return walk(value)
  }

  const role = fc.record({
    document: trustPolicy.filter((document) => !isTooDeep(document) && !/"(Ref|Fn::|__proto__|<<)/.test(document)),
    isMended: fc.boolean(),
    form: fc.constantFrom('raw', 'functions', 'functions', 'yaml'),
    choices: fc.array(fc.nat(SPELLINGS.length - 1), { minLength: 1, maxLength: 7 }),
    tagging,
    key: letterCase,
    unknown: fc.oneof(weighted(5, fc.constant(undefined)), weighted(1, fc.constantFrom(...UNKNOWN))),
  })
  const reached = new Reached()

  const REST = {
    AWSTemplateFormatVersion: '2010-09-09',
    Parameters: { Unset: { Type: 'String' }, Set: { Type: 'String', Default: 'true' } },
    Conditions: { Always: { 'Fn::Equals': [{ Ref: 'Set' }, 'true'] }, Open: { 'Fn::Equals': [{ Ref: 'Unset' }, 'x'] } },
  }

  test('of generated trust policies is decided as the engine decides about these', {
    timeout: PROOF_TIMEOUT,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(
        role,
        wantedAccess,
        async ({ form, choices, tagging, key, unknown, isMended, ...one }, wanted) => {
          const document = mended(one.document, wanted, isMended)
          const Tags =
            tagging === 'unknown'
              ? [{ Key: key, Value: { Ref: 'Unset' } }]
              : [{ Key: tagging === 'tagged' ? key : 'team', Value: form === 'yaml' ? true : { Ref: 'Set' } }]
          const value: unknown = JSON.parse(JSON.stringify(JSON.parse(document)))
          // Through an object the order of keys and the spelling of numbers are JavaScript's.
          const isRaw = form === 'raw' && unknown === undefined
          const said = isRaw ? document : JSON.stringify(value)
          const told =
            unknown === undefined
              ? form === 'functions'
                ? spelt(value, choices)
                : value
              : { ...Object(value), Statement: [{ Effect: 'Allow', Principal: unknown, Action: 'sts:AssumeRole' }] }
          const template = (AssumeRolePolicyDocument: unknown) => ({
            ...REST,
            Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { Tags, AssumeRolePolicyDocument } } },
          })
          const json = JSON.stringify(template(isRaw ? 'HERE' : told)).replace('"HERE"', () => document)
          const text =
            form === 'yaml'
              ? stringify(template(told), {
                  aliasDuplicateObjects: false,
                  defaultStringType: 'QUOTE_DOUBLE',
                  lineWidth: 0,
                  version: '1.1',
                })
              : json
          const found = await kindsIn(text, wanted)
          reached.add(Object.values(found))
          const expected = kindOf(said, wanted)
          const { Role = 'untagged' } = found
          if (tagging === 'untagged') expect(Role).toBe('untagged')
          else if (tagging === 'unknown' || unknown !== undefined) expect(Role).toMatch(/^unknown,/)
          else expect(Role).toBe(expected)
        },
      ),
      RUNS,
    )
    reached.expectEach()
  })
})

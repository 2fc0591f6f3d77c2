import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { planTrust, planWithdrawal } from '../../src/trust-policy/plan.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'

/** Known cases as data: what the rules in docs/rules.md say, one entry a case, one test an entry. */

const DEFAULT_WANTED: WantedAccess = {
  providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
}
// IAM's own default for a trust policy.
const DEFAULT_QUOTA = 2048

const texts = z.array(z.string()).check(z.minLength(1))
const note = z.enum(['conditional-deny', 'no-audience-condition', 'restricted-by-owner'])

const unchanged = z.strictObject({ kind: z.literal('unchanged'), notes: z.array(note) })
const change = z.strictObject({
  kind: z.literal('change'),
  reason: z.enum(['no-statements', 'access-missing', 'managed-statement-differs', 'withdrawal']),
  document: z.unknown(),
  notes: z.array(note),
})
const blocked = z.strictObject({
  kind: z.literal('blocked'),
  reason: z.enum(['explicit-deny', 'quota', 'malformed', 'dangling-principal']),
  /** A part of the sentence: the rest is for people, and may change. */
  detail: z.optional(z.string()),
  notes: z.optional(z.array(note)),
})

const trustCase = z.strictObject({
  name: z.string().check(z.minLength(1)),
  rule: z.string().check(z.regex(/^[34]\.\d+$/)),
  operation: z.optional(z.literal('withdraw')),
  wanted: z.optional(z.strictObject({ providers: texts, audiences: texts, actions: texts })),
  quota: z.optional(z.number()),
  /** The document; or a string: its raw text; or null: there is none. */
  current: z.unknown(),
  expected: z.discriminatedUnion('kind', [unchanged, change, blocked]),
})
type TrustCase = z.infer<typeof trustCase>

const folder = new URL('cases/', import.meta.url)
const tables = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({ file, cases: z.array(trustCase).parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))) }))

function textOf(current: unknown): string | undefined {
  if (current === null) return undefined
  return typeof current === 'string' ? current : JSON.stringify(current)
}

/** Frozen, so that a planner that changes its input throws. */
function wantedOf(entry: TrustCase): WantedAccess {
  const { providers, audiences, actions } = entry.wanted ?? DEFAULT_WANTED
  return Object.freeze({
    providers: Object.freeze([...providers]),
    audiences: Object.freeze([...audiences]),
    actions: Object.freeze([...actions]),
  })
}

function planFor(entry: TrustCase, text: string | undefined) {
  const quota = entry.quota ?? DEFAULT_QUOTA
  return entry.operation === 'withdraw' ? planWithdrawal(text, quota) : planTrust(text, wantedOf(entry), quota)
}

function check(entry: TrustCase): void {
  const { expected } = entry
  const plan = planFor(entry, textOf(entry.current))

  switch (expected.kind) {
    case 'unchanged':
      expect(plan).toEqual(expected)
      return
    case 'change': {
      // Parsed first: a wrong value then shows as a difference of objects and not of two long lines.
      const written = plan.kind === 'change' ? JSON.parse(plan.document) : undefined
      expect({ ...plan, document: written }).toEqual(expected)
      // As text as well: the order of keys, and no white space.
      const document = JSON.stringify(expected.document)
      expect(plan).toHaveProperty('document', document)
      expect(planFor(entry, document)).toEqual({ kind: 'unchanged', notes: expected.notes })
      return
    }
    case 'blocked':
      expect(plan).toMatchObject({
        kind: 'blocked',
        reason: expected.reason,
        detail: expect.stringContaining(expected.detail ?? ''),
        ...(expected.notes && { notes: expected.notes }),
      })
  }
}

for (const { file, cases } of tables) {
  describe(file, () => {
    for (const entry of cases) it(entry.name, () => check(entry))

    it('holds the cases of one rule', () => {
      expect(new Set(cases.map(({ rule }) => rule))).toEqual(new Set([file.slice(0, file.indexOf('-'))]))
    })
  })
}

describe('the tables together', () => {
  const all = tables.flatMap(({ cases }) => cases)

  it('name every case once', () => {
    const names = all.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('state a document for every case, or say that there is none', () => {
    expect(all.filter(({ current }) => current === undefined)).toEqual([])
  })
})

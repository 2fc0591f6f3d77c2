import { readdirSync, readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { planTrust, planWithdrawal } from '../../src/trust-policy/plan.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'

/** Known cases as data: what the rules in docs/rules.md say, one entry a case. */

const DEFAULT_WANTED: WantedAccess = {
  providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
  sid: 'OktaSso',
}
// IAM's own default for a trust policy.
const DEFAULT_QUOTA = 2048

const texts = z.array(z.string()).check(z.minLength(1))
const note = z.enum(['conditional-deny', 'no-audience-condition', 'restricted-by-owner', 'stale-provider'])

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
  /** Where AWS says so, in words: given where other readings of IAM exist. */
  source: z.optional(z.string()),
  operation: z.optional(z.literal('withdraw')),
  wanted: z.optional(z.strictObject({ providers: texts, audiences: texts, actions: texts })),
  /** That of the stack that decides; else the default. */
  sid: z.optional(z.string()),
  quota: z.optional(z.number()),
  /** The document; or a string: its raw text; or null: there is none. */
  current: z.unknown(),
  expected: z.discriminatedUnion('kind', [unchanged, change, blocked]),
})
export type TrustCase = z.infer<typeof trustCase>

const folder = new URL('cases/', import.meta.url)
/** The tables in order of their file names. */
export const tables = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .sort()
  .map((file) => ({ file, cases: z.array(trustCase).parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8'))) }))

/** The text of the document that a case starts from, undefined where there is none. */
export function textOf({ current }: TrustCase): string | undefined {
  if (current === null) return undefined
  return typeof current === 'string' ? current : JSON.stringify(current)
}

/** Frozen, so that a planner that changes its input throws. */
export function wantedOf(entry: TrustCase): WantedAccess {
  const { providers, audiences, actions } = entry.wanted ?? DEFAULT_WANTED
  return Object.freeze({
    providers: Object.freeze([...providers]),
    audiences: Object.freeze([...audiences]),
    actions: Object.freeze([...actions]),
    sid: entry.sid ?? DEFAULT_WANTED.sid,
  })
}

/** What the engine decides about a document under what a case says of access, quota and operation. */
export function planFor(entry: TrustCase, text: string | undefined) {
  const [quota, wanted] = [entry.quota ?? DEFAULT_QUOTA, wantedOf(entry)]
  return entry.operation === 'withdraw' ? planWithdrawal(text, wanted.sid, quota) : planTrust(text, wanted, quota)
}

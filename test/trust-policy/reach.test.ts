import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Plan } from '../../src/trust-policy/plan.ts'
import { planTrust, planWithdrawal } from '../../src/trust-policy/plan.ts'
import { trustPolicy } from './arbitraries/trust-policies.ts'
import { wantedAccess } from './arbitraries/wanted-access.ts'
import { PROOF_TIMEOUT } from './proof-runs.ts'

// A law proves nothing about documents that are never generated.

/** Every way in which a plan can end, with what is beside it. */
const CLASSES = [
  'unchanged, no notes',
  'unchanged, conditional-deny',
  'unchanged, no-audience-condition',
  'unchanged, restricted-by-owner',
  'change: no-statements, no notes',
  'change: access-missing, no notes',
  'change: access-missing, conditional-deny',
  'change: access-missing, no-audience-condition',
  'change: access-missing, restricted-by-owner',
  'change: managed-statement-differs, no notes',
  'change: managed-statement-differs, conditional-deny',
  'change: managed-statement-differs, no-audience-condition',
  'change: managed-statement-differs, restricted-by-owner',
  'blocked: explicit-deny',
  'blocked: explicit-deny by a key that is missing',
  'blocked: quota',
  'blocked: dangling-principal',
  'blocked: malformed at document',
  'blocked: malformed at Version',
  'blocked: malformed at Id',
  'blocked: malformed at Statement',
  'blocked: malformed at Sid',
  'blocked: malformed at Effect',
  'blocked: malformed at Action',
  'blocked: malformed at Principal',
  'blocked: malformed at NotPrincipal',
  'blocked: malformed at Resource',
  'blocked: malformed at Condition',
  'withdrawal: change',
  'withdrawal: unchanged',
  'withdrawal: blocked',
]

function classesOf(plan: Plan): readonly string[] {
  const notes = 'notes' in plan && plan.notes.length > 0 ? plan.notes : ['no notes']
  switch (plan.kind) {
    case 'unchanged':
      return notes.map((note) => `unchanged, ${note}`)
    case 'change':
      return notes.map((note) => `change: ${plan.reason}, ${note}`)
    case 'blocked': {
      const place = /^(?:Statement\[\d+\]\.)?(\w+)/.exec(plan.detail)?.[1]
      if (plan.reason === 'malformed') return [`blocked: malformed at ${place}`]
      const isByMissing = plan.detail.includes('holds for every SAML sign-in')
      return [`blocked: ${plan.reason}${isByMissing ? ' by a key that is missing' : ''}`]
    }
  }
}

/** What makes documents hard to read, each where the document is read and not blocked for its shape. */
const KINDS: Readonly<Record<string, (document: string) => boolean>> = {
  'an Effect in another letter case': (document) =>
    Array.from(document.matchAll(/"Effect":\s?"(allow|deny)"/gi)).some(
      ([, name = '']) => !['Allow', 'Deny'].includes(name),
    ),
  'a condition on the AWS caller': (document) =>
    /"aws:(Principal|MultiFactor|TokenIssue|Source(Arn|Account))/i.test(document),
  'Null with a qualifier': (document) => /"For(All|Any)Values?:Null"/i.test(document),
  'an empty list of values': (document) => /"(SAML|aws):\w+":\s?\[\]/i.test(document),
  'an escape beyond U+00FF': (document) => /\\u(?!00)/.test(document),
  'a character beyond U+00FF': (document) => /[^\0-\xff]/.test(document),
  'a policy variable': (document) => document.includes('${') && JSON.parse(document).Version === '2012-10-17',
  'text like a policy variable': (document) => document.includes('${') && JSON.parse(document).Version !== '2012-10-17',
}

test('the generated trust policies reach every outcome', { timeout: PROOF_TIMEOUT }, () => {
  const reached = new Map<string, number>()
  for (const [document, wanted] of fc.sample(fc.tuple(trustPolicy, wantedAccess), { seed: 1, numRuns: 2_000 })) {
    const plan = planTrust(document, wanted, 2048)
    const isRead = plan.kind !== 'blocked' || plan.reason === 'explicit-deny'
    const kinds = Object.keys(KINDS).filter((name) => isRead && KINDS[name]?.(document))
    for (const name of [
      ...classesOf(plan),
      `withdrawal: ${planWithdrawal(document, 'OktaSso', 2048).kind}`,
      ...kinds,
    ]) {
      reached.set(name, (reached.get(name) ?? 0) + 1)
    }
  }
  // biome-ignore lint/suspicious/noConsole: these figures are one of the things that a proof is run for.
  if (process.env.PROOF_RUNS) console.table(Object.fromEntries([...reached].sort()))
  expect(CLASSES.filter((name) => (reached.get(name) ?? 0) < 5)).toEqual([])
  // One in a hundred: some hundred documents of each kind in a proof.
  expect(Object.keys(KINDS).filter((name) => (reached.get(name) ?? 0) < 20)).toEqual([])
})

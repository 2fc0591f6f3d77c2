import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planTrust, planWithdrawal } from '../../src/trust-policy/plan.ts'
import type { Plan } from '../../src/trust-policy/plan-write.ts'
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
      return [`blocked: ${plan.reason}${plan.reason === 'malformed' ? ` at ${place}` : ''}`]
    }
  }
}

test('the generated trust policies reach every outcome', { timeout: PROOF_TIMEOUT }, () => {
  const reached = new Map<string, number>()
  for (const [document, wanted] of fc.sample(fc.tuple(trustPolicy, wantedAccess), { seed: 1, numRuns: 2_000 })) {
    const classes = classesOf(planTrust(document, wanted, 2048))
    for (const name of [...classes, `withdrawal: ${planWithdrawal(document, 2048).kind}`]) {
      reached.set(name, (reached.get(name) ?? 0) + 1)
    }
  }
  // biome-ignore lint/suspicious/noConsole: these figures are one of the things that a proof is run for.
  if (process.env.PROOF_RUNS) console.table(Object.fromEntries([...reached].sort()))
  expect(CLASSES.filter((name) => (reached.get(name) ?? 0) < 5)).toEqual([])
})

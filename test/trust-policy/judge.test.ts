import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { planTrust } from '../../src/trust-policy/plan.ts'
import { AUDIENCE, SIGN_IN } from './arbitraries/names.ts'
import { REQUESTS, request } from './arbitraries/requests.ts'
import { trustPolicy } from './arbitraries/trust-policies.ts'
import { accessOfAnotherStack, wantedAccess } from './arbitraries/wanted-access.ts'
import { tables, textOf, wantedOf } from './case-tables.ts'
import { judgePlan } from './judge-plan.ts'
import { PROOF_TIMEOUT, proofRuns } from './proof-runs.ts'

// An independent evaluator of IAM policies agrees with what the engine does and says. docs/proof.md says how far.

const NO_QUOTA = 1e9

const isProof = process.env.PROOF_RUNS !== undefined

/** All requests take long: without a proof each case is asked some of them, and the cases together all. */
function requestsFor(index: number) {
  const step = isProof ? 1 : 40
  return REQUESTS.filter((_, position) => position % step === index % step)
}

/** The sign-ins of all providers that a document speaks of. */
function signInsNamedIn(document: string) {
  const providers = new Set(document.match(/arn:[\w-]+:iam::\d{12}:saml-provider\/[\w.-]+/g))
  return [...providers].map((principal) => ({ principal, action: SIGN_IN, audience: AUDIENCE }))
}

describe('whoever is wanted gets in, and nobody else is treated otherwise than before', () => {
  test.each(tables)('in the cases of $file', { timeout: PROOF_TIMEOUT }, async ({ cases }) => {
    const found: unknown[] = []
    for (const [index, entry] of cases.entries()) {
      const document = textOf(entry)
      const requests = [...requestsFor(index), ...signInsNamedIn(document ?? '')]
      const complaints = (await judgePlan(document, wantedOf(entry), requests)) ?? []
      if (complaints.length > 0) found.push({ name: entry.name, complaints })
    }
    expect(found).toEqual([])
  })

  test('in generated trust policies', { timeout: PROOF_TIMEOUT }, async () => {
    const all = { judged: 0, asked: 0 }
    const requests = fc.uniqueArray(request, { maxLength: isProof ? 40 : 8, size: 'max' })
    await fc.assert(
      fc.asyncProperty(trustPolicy, wantedAccess, requests, async (document, wanted, others) => {
        const complaints = await judgePlan(document, wanted, others)
        all.asked += 1
        if (complaints !== undefined) all.judged += 1
        expect(complaints ?? []).toEqual([])
      }),
      proofRuns,
    )
    // The rest is blocked for its shape, or nothing that the judge can read.
    expect(all.judged / all.asked).toBeGreaterThan(0.6)
  })

  test('where another stack has been before', { timeout: PROOF_TIMEOUT }, async () => {
    const requests = fc.uniqueArray(request, { maxLength: isProof ? 40 : 8, size: 'max' })
    await fc.assert(
      fc.asyncProperty(
        trustPolicy,
        wantedAccess,
        accessOfAnotherStack,
        requests,
        async (document, wanted, ofAnother, others) => {
          const before = planTrust(document, ofAnother, NO_QUOTA)
          fc.pre(before.kind === 'change')
          expect((await judgePlan(before.document, wanted, others)) ?? []).toEqual([])
        },
      ),
      proofRuns,
    )
  })
})

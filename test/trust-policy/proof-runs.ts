import type { Parameters } from 'fast-check'

/**
 * How often a property is tried: 200 times in `npm test`, and as often as PROOF_RUNS says. A failure prints its seed and
 * path; PROOF_SEED and PROOF_PATH bring it back (docs/proof.md).
 */
const { PROOF_RUNS, PROOF_SEED, PROOF_PATH } = process.env

export const proofRuns: Parameters<unknown> = {
  numRuns: Number(PROOF_RUNS ?? 200),
  ...(PROOF_SEED && { seed: Number(PROOF_SEED) }),
  ...(PROOF_PATH && { path: PROOF_PATH }),
}

/** Milliseconds that one property may take: no measure of speed, only the end of a run that hangs. */
export const PROOF_TIMEOUT = 600_000

import type { Context } from 'aws-lambda'
import { readBackfillRequest } from '../src/sweep/backfill-request.ts'
import { wireSweep } from './sweep-wiring.ts'

const { runSweep } = wireSweep(process.env)

/** By hand: looks at the roles that the payload names, or at all, and returns the report (rule 6.3). */
export const handler = async (payload: unknown, context: Context) =>
  runSweep(readBackfillRequest(payload), 'backfill', context)

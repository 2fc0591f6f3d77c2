import type { Session } from '../session/session.ts'
import type { Finding } from './finding.ts'
import { runChecks } from './run-checks.ts'

/** What doctor finds in an account, as `--json` prints it. */
export interface Diagnosis {
  readonly account: string
  readonly region: string
  /** Its name. */
  readonly stack: string
  readonly checks: readonly Finding[]
}

/**
 * @param stack whether to check the stack
 * @throws as `runChecks`
 */
export async function diagnose(session: Session, stack: boolean): Promise<Diagnosis> {
  const checks = await runChecks(session, { stack, now: new Date() })
  const { account, region } = await session.caller()
  return { account, region, stack: session.stackName, checks }
}

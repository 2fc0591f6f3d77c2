import { functionReader } from '../../src/aws/deployed-functions.ts'
import { type LoggedSweep, lastLoggedSweep } from '../../src/aws/sweep-log.ts'
import { changedSettings } from '../../src/config/setting-changes.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { SILENT_AFTER } from '../../src/hub/silence.ts'
import { denialOf } from '../error-message.ts'
import type { Session } from '../session/session.ts'
import { settingsOf } from '../stack-settings.ts'
import { asking } from './organization-session.ts'

type Values = Readonly<Record<string, string>>

/** What runs in an account. */
export interface AccountStatus {
  readonly version: string | undefined
  readonly mode: string
  /** Settings that the functions have otherwise than the StackSet, in words. */
  readonly differs: readonly string[]
  /** Functions whose code is not that of the release; undefined where nobody asked. */
  readonly otherCode: readonly string[] | undefined
  /** The last one; null where none has finished of late, undefined where the log may not be read. */
  readonly lastSweep: LoggedSweep | null | undefined
}

/** The function whose settings stand for all. */
const SWEEP = 'scheduled-sweep'

/**
 * @param settings of the StackSet
 * @param hashes of the release's functions, to compare with
 * @throws ConfigurationError where the functions are not there
 */
export async function readAccountStatus(
  session: Session,
  settings: Values,
  hashes: ReadonlyMap<string, string> | undefined,
): Promise<AccountStatus> {
  const { target, partition, region } = await session.caller()
  const { readFunction } = functionReader(target)
  const read = (id: string) =>
    asking('lambda:GetFunctionConfiguration', () => readFunction(`${session.stackName}-${id}`))
  const sweep = await read(SWEEP)
  if (sweep === undefined) {
    throw new ConfigurationError(
      `there is no function ${session.stackName}-${SWEEP} in ${region}: the stack is not there, or a part of it was deleted (docs/operating.md, "A part of the stack is gone")`,
    )
  }
  const found = settingsOf(sweep.environment)
  // Those of the stack are no variables of a function.
  const from = { ...found, tags: settings.tags ?? '' }
  const changes = changedSettings([{ functionName: '', from, to: settings }], settingsOf({}), partition)
  return {
    version: sweep.environment.VERSION,
    mode: found.mode ?? '',
    differs: changes.map(
      ({ setting }) => `${setting}: ${found[setting] || '(empty)'}, not ${settings[setting] || '(empty)'}`,
    ),
    otherCode: hashes && (await otherCode(hashes, (id) => (id === SWEEP ? sweep : read(id)))),
    lastSweep: await lastSweep(session),
  }
}

interface Code {
  readonly codeSha256: string | undefined
}

async function otherCode(
  hashes: ReadonlyMap<string, string>,
  read: (id: string) => Code | Promise<Code | undefined>,
): Promise<readonly string[]> {
  const others: string[] = []
  for (const [id, hash] of hashes) {
    const found = await read(id)
    // Without the account's own dashboard there is no function for it.
    if (found !== undefined && found.codeSha256 !== hash) others.push(id)
  }
  return others
}

/** A log that may not be read says nothing about the account. */
async function lastSweep(session: Session): Promise<LoggedSweep | null | undefined> {
  const { target } = await session.caller()
  try {
    return (await lastLoggedSweep(target, `${session.stackName}-${SWEEP}`, Date.now() - SILENT_AFTER)) ?? null
  } catch (error) {
    if (denialOf(error) === undefined) throw error
    return undefined
  }
}

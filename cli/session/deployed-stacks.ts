import type { AwsTarget } from '../../src/aws/clients.ts'
import { functionReader } from '../../src/aws/deployed-functions.ts'
import { isWriterName, writerNames } from '../../src/cloudtrail/own-roles.ts'
import { DEFAULT_SID } from '../../src/config/read-config.ts'

/** A function of a stack of this system that writes trust policies, or would if it did more than report. */
export interface WritingFunction {
  readonly name: string
  readonly stackName: string
  readonly sid: string
  readonly environment: Readonly<Record<string, string>>
}

/**
 * Those of all stacks in the region but one.
 *
 * @throws also where a function may be one of them and its environment cannot be decrypted: it must not count as none
 */
export async function writersOfOthers(target: AwsTarget, stackName: string): Promise<readonly WritingFunction[]> {
  const { listFunctions, readEnvironment } = functionReader(target)
  const own = writerNames(stackName)
  const candidates = (await listFunctions()).filter(({ name }) => isWriterName(name) && !own.includes(name))
  const found = await Promise.all(
    candidates.map(async ({ name, environment: listed }) => ({
      name,
      environment: listed ?? (await readEnvironment(name)) ?? {},
    })),
  )
  return found.flatMap(({ name, environment }) => {
    const { STACK_NAME: other, SID: sid = DEFAULT_SID, TAG_KEY: tagKey } = environment
    // Somebody else's functions may have such a name and such a variable.
    const isOurs = other !== undefined && tagKey !== undefined && writerNames(other).includes(name)
    return isOurs ? [{ name, stackName: other, sid, environment }] : []
  })
}

/** Whether it writes what is due: one that is older than the setting does. */
export function isEnforcing({ MODE: mode }: WritingFunction['environment']): boolean {
  return mode !== 'report'
}

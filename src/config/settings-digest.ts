import { createHash } from 'node:crypto'
import { readEnvironment } from './read-config.ts'

/** These say which stack it is, and not how it is set. */
const NO_SETTINGS = ['STACK_NAME', 'QUEUE_NAME', 'VERSION']

/**
 * What tells settings apart without naming them: SHA-256 in hex, the same for all stacks of one version that are set
 * alike, in whatever account and stage.
 *
 * @throws ConfigurationError as `readConfig` does
 */
export function settingsDigest(environment: Readonly<Record<string, string | undefined>>): string {
  const settings = Object.entries(readEnvironment(environment))
    .filter(([name]) => !NO_SETTINGS.includes(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    // Lists are sets.
    .map(([name, value]) => [name, Array.isArray(value) ? [...new Set(value)].toSorted() : value])
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex')
}

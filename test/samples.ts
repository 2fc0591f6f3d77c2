import { readFileSync } from 'node:fs'

/** A sample of events/, parsed anew for each caller. */
export function sample(name: string) {
  return JSON.parse(readFileSync(new URL(`../events/${name}.json`, import.meta.url), 'utf8'))
}

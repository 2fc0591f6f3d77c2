import { readFileSync } from 'node:fs'

/** A sample of events/, parsed anew for each caller. */
export function sample(name: string) {
  return JSON.parse(readFileSync(new URL(`../events/${name}.json`, import.meta.url), 'utf8'))
}

/** A sample event about a role of the given name, that happened now or some seconds ago. */
export function eventFor(name: string, roleName: string, secondsAgo = 0) {
  const { detail, ...envelope } = sample(name)
  const eventTime = new Date(Date.now() - secondsAgo * 1000).toISOString()
  return { ...envelope, detail: { ...detail, eventTime, requestParameters: { ...detail.requestParameters, roleName } } }
}

import { defaultAudience } from './audience.ts'

/** Settings by the names of their parameters; one that is not there has its default. */
type Settings = Readonly<Record<string, string>>

/** What a deployment does to the settings of one function. */
export interface Redeployment {
  readonly functionName: string
  /** In force now. */
  readonly from: Settings
  readonly to: Settings
}

/** A setting that a deployment changes in what it means. */
export interface SettingChange {
  readonly setting: string
  /** Completes "changes …", in one line: the setting, the old value, the new one. */
  readonly text: string
  /** Why it weakens a protection, in words; undefined: it does not. */
  readonly weakening: string | undefined
  readonly functionNames: readonly string[]
}

interface Difference {
  readonly gone: readonly string[]
  readonly come: readonly string[]
}

/** Sets of items, in any order. */
const LISTS = ['exclusions', 'audiences', 'tags']
const NUMBERS = ['maxChanges', 'logRetentionDays', 'sessionDuration']
/** The case of the letters A to Z does not count (rule 2.1). */
const CASELESS = ['tagKey', 'tagValue']

/** Why a difference weakens a protection, in words, or undefined. */
type Weakening = (difference: Difference) => string | undefined

/**
 * What weakens a protection, by setting (docs/deploying.md, "What a deployment changes"): more roles are reached, more is
 * granted, or less is seen. A value that no function could run with counts as the strictest one: nothing happens while it
 * is in force.
 */
const WEAKENINGS: ReadonlyMap<string, Weakening> = new Map(
  Object.entries<Weakening>({
    exclusions: ({ gone }) =>
      gone.length > 0 ? `roles that only ${shown(gone.join(','))} protected come into reach` : undefined,
    maxChanges: ({ gone, come }) =>
      Number(come[0]) <= Number(gone[0]) ? undefined : 'a sweep may change more roles unattended',
    mode: ({ come }) => (come.includes('report') ? undefined : 'the functions write trust policies from then on'),
    onUntag: ({ come }) => (come.includes('keep') ? undefined : 'roles that lost the tag lose the managed statement'),
    audiences: ({ come }) =>
      come.length > 0 ? `sign-ins with ${shown(come.join(','))} are granted from then on` : undefined,
    sessionTags: ({ come }) => (come.includes('false') ? undefined : 'sts:TagSession is granted from then on'),
    sourceIdentity: ({ come }) =>
      come.includes('false') ? undefined : 'sts:SetSourceIdentity is granted from then on',
    tagKey: () => 'other roles come into scope',
    tagValue: () => 'other roles come into scope',
    parameterName: () => 'the roles trust the providers that another parameter names',
    sid: () => 'the statements under the old Sid are managed no longer, and stay',
    permissionsBoundary: ({ gone }) =>
      gone.length > 0 ? `the roles of the functions lose the boundary ${shown(gone.join())}` : undefined,
    accountTelemetry: ({ come }) =>
      come.includes('true') ? undefined : 'the alarms and the dashboard go, and nobody learns of a fault',
    hubBusArn: ({ gone, come }) =>
      come.length > 0
        ? `all events, with trust policies in them, go to ${shown(come.join())} from then on`
        : `${shown(gone.join())} hears of this account no longer`,
    readerPrincipal: ({ come }) =>
      come.length > 0
        ? `${shown(come.join())} may read the roles, their trust policies and the variables of all functions from then on`
        : undefined,
  }),
)

/**
 * What a deployment changes, each setting once, in the order of the defaults. Another spelling of the same value is no
 * change: another order of a list, an audience that applies anyway, another letter case of the tag.
 *
 * @param functions those that are deployed and stay: somebody may have edited one of them by hand
 * @param defaults of all settings
 */
export function changedSettings(
  functions: readonly Redeployment[],
  defaults: Settings,
  partition: string,
): readonly SettingChange[] {
  return Object.entries(defaults).flatMap(([setting, byDefault]) => {
    const changes = new Map<string, SettingChange>()
    for (const { functionName, from: before, to: after } of functions) {
      const [from, to] = [before[setting] ?? byDefault, after[setting] ?? byDefault]
      const [old, next] = [itemsOf(setting, from, partition), itemsOf(setting, to, partition)]
      const difference = { gone: without(old, next), come: without(next, old) }
      if (difference.gone.length + difference.come.length === 0) continue
      const text = changeText(setting, from, to, difference)
      const functionNames = [...(changes.get(text)?.functionNames ?? []), functionName]
      changes.set(text, { setting, text, weakening: WEAKENINGS.get(setting)?.(difference), functionNames })
    }
    return [...changes.values()].map((change) =>
      change.functionNames.length === functions.length
        ? change
        : { ...change, text: `${change.text} (in ${change.functionNames.join(', ')})` },
    )
  })
}

/** The settings that a deployment has to name with `--allow`, each once, since it weakens a protection by them. */
export function weakenedBy(changes: readonly SettingChange[]): readonly string[] {
  return [...new Set(changes.filter(({ weakening }) => weakening !== undefined).map(({ setting }) => setting))]
}

/**
 * Why a deployment must not happen (rule 7.6), a line each: it weakens a protection that was not named, or names what it
 * does not weaken, which would be allowed for ever if it stayed in a pipeline.
 *
 * @param allowed the names that were given
 */
export function refusalsOf(changes: readonly SettingChange[], allowed: readonly string[]): readonly string[] {
  const weakenings = changes.filter(({ weakening }) => weakening !== undefined)
  const needed = weakenedBy(changes)
  const option = `--allow ${needed.join(',')}`
  const remedy = needed.length > 0 ? `give ${option} instead` : 'leave out --allow'
  const named = [...new Set(allowed)]
  return [
    ...named.flatMap((name) => {
      if (needed.includes(name)) return []
      if (!WEAKENINGS.has(name)) {
        return [`--allow ${name}: expected one of ${[...WEAKENINGS.keys()].join(', ')}: ${remedy}`]
      }
      const found = changes.filter(({ setting }) => setting === name).map(({ text }) => `${text} weakens nothing`)
      return [`--allow ${name}: ${found.length > 0 ? found.join(', ') : `${name} does not change`}: ${remedy}`]
    }),
    ...weakenings
      .filter(({ setting }) => !named.includes(setting))
      .map(
        ({ text, weakening }) =>
          `${text}: ${weakening}. If this is meant, ${named.length > 0 ? 'give' : 'add'} ${option}`,
      ),
  ]
}

/** What a value means, as a set: two spellings of one value have the same items. */
function itemsOf(setting: string, value: string, partition: string): readonly string[] {
  if (LISTS.includes(setting)) {
    const items = value.split(',').map((item) => item.trim())
    const listed = items.filter((item) => item !== '')
    if (setting !== 'audiences' || listed.length > 0) return [...new Set(listed)]
    return [defaultAudience(partition) ?? []].flat()
  }
  if (value === '') return []
  if (NUMBERS.includes(setting)) return [/^\d+$/.test(value) ? `${Number(value)}` : value]
  return [CASELESS.includes(setting) ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value]
}

/** Above this, the two values of a list hide what differs between them. */
const READABLE = 120

function changeText(setting: string, from: string, to: string, { gone, come }: Difference): string {
  const [old, next] = [shown(from) || '(empty)', shown(to) || '(empty)']
  if (!LISTS.includes(setting) || old.length + next.length <= READABLE) return `${setting}: ${old} → ${next}`
  return `${setting}: ${[...gone.map((item) => `- ${shown(item)}`), ...come.map((item) => `+ ${shown(item)}`)].join(', ')}`
}

/** What was edited by hand may hold line breaks, and what else would make a terminal show another text. */
function shown(value: string): string {
  return value.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function without(items: readonly string[], others: readonly string[]): readonly string[] {
  return items.filter((item) => !others.includes(item))
}

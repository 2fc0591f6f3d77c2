import { isDeepStrictEqual } from 'node:util'
import type { StackInstance, StackSet, StackSetContent } from '../../src/aws/stack-sets.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { askYesOrNo } from '../session/ask.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import { followOperation } from './follow-operation.ts'
import { isInOrder } from './format-instances.ts'
import type { OrganizationSession } from './organization-session.ts'

/** What is to become of a StackSet. */
export interface SetChange {
  readonly name: string
  /** Undefined: it is to be made. */
  readonly before: StackSet | undefined
  readonly content: StackSetContent
  readonly instances: readonly StackInstance[]
  /** Organizational units that it was not told to deploy to yet. */
  readonly newUnits: readonly string[]
  readonly retainsStacks: boolean
}

/** Of the first wave none may fail, though an operation of StackSets tolerates a tenth. */
const CANARY = 'canary'

/** How far a deployment came: `failed` where it went through all accounts, and too many of them lack it. */
export type Deployed = { readonly kind: 'done' } | { readonly kind: 'failed' | 'ended'; readonly message: string }

export function isContentChanged({ before, content }: SetChange): boolean {
  if (before === undefined) return true
  return !(
    isDeepStrictEqual(parsed(before.template), parsed(content.template)) &&
    isDeepStrictEqual(before.parameters, content.parameters) &&
    isDeepStrictEqual(before.tags, content.tags)
  )
}

export function isDue(change: SetChange): boolean {
  return isContentChanged(change) || change.newUnits.length > 0 || !change.instances.every(isInOrder)
}

/**
 * Makes or updates a StackSet and its stacks: the canaries first, the rest after a yes.
 *
 * @param canary organizational units
 * @param made told what is there from then on, in words, whatever comes of the next step
 */
export async function deploySet(
  session: Session,
  organization: OrganizationSession,
  change: SetChange,
  canary: readonly string[],
  yes: boolean,
  made: (what: string) => void,
): Promise<Deployed> {
  const { sets } = organization
  const { name, before, content, newUnits, retainsStacks, instances } = change
  const run = async (label: string, start: () => Promise<string>): Promise<Deployed> => {
    const operation = await followOperation(session, sets, name, await start(), `${name}: ${label}`)
    const { status, reason, accounts, failed } = operation
    made(`${name}: ${label} (${status})`)
    if (status === 'STOPPED')
      return { kind: 'ended', message: `${name}: stopped; accounts that are not current keep what they had` }
    // A unit without an account succeeds at once. An update of none CloudFormation refuses.
    const isEmpty = label === CANARY && accounts === 0 && (await sets.listInstances(name)).length === 0
    if (status === 'SUCCEEDED' && isEmpty) {
      return {
        kind: 'ended',
        message: `${name}: there is no account in ${canary.join(', ')}, so that nothing was tried, and the rest keeps what it had: name units with accounts by --canary`,
      }
    }
    if (status === 'SUCCEEDED' && !(label === CANARY && failed > 0)) return { kind: 'done' }
    const because = reason === '' ? '' : ` (${reason})`
    return {
      kind: label === CANARY ? 'ended' : 'failed',
      message: `${name}: ${countOf(failed, 'account')} failed${because}; the others keep what they had`,
    }
  }
  const update = async (units?: readonly string[]) => {
    const { Mode: mode } = (await sets.describe(name))?.parameters ?? {}
    if (mode === content.parameters.Mode) return sets.update(name, content, units)
    throw new ConfigurationError(
      `the mode of ${name} became ${mode} while this command waited, and it does not undo that: run the command again, and it keeps that mode`,
    )
  }
  const steps: (readonly [label: string, start: () => Promise<string>])[] = []
  if (before === undefined) {
    await sets.create(name, content, retainsStacks)
    made(`the StackSet ${name}`)
  } else if (isContentChanged(change) || !instances.every(isInOrder)) {
    // Without instances there is nothing that an operation could update; the StackSet itself is.
    if (canary.length > 0 && instances.length > 0) steps.push([CANARY, () => update(canary)])
    steps.push(['update', () => update()])
  }
  const first = newUnits.filter((unit) => canary.includes(unit))
  const rest = newUnits.filter((unit) => !canary.includes(unit))
  if (first.length > 0) steps.push([CANARY, () => sets.createInstances(name, first)])
  if (rest.length > 0) steps.push(['new accounts', () => sets.createInstances(name, rest)])
  for (const [index, [label, start]] of steps.entries()) {
    const done = await run(label, start)
    if (done.kind !== 'done') return done
    const isCanary = label === CANARY && index + 1 < steps.length
    const question = `${name}: the canaries are deployed. Go on with the rest?`
    if (isCanary && !yes && !(await askYesOrNo(session.terminal, question))) {
      return { kind: 'ended', message: `${name}: the canaries are deployed, and the rest is not` }
    }
  }
  return { kind: 'done' }
}

function parsed(template: string): unknown {
  try {
    return JSON.parse(template)
  } catch {
    return template
  }
}

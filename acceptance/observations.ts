import type { Observation, Observed } from './observation.ts'
import type { Scene } from './scene.ts'
import { seeDocument, seeEffects, seeEscapes, seeQuota, seeUnknownProvider, seeValidation } from './see-documents.ts'
import { recordOf, seeDenials, seePattern } from './see-records.ts'
import { denying, emptyList, own, seeSignIn } from './see-sign-ins.ts'
import { seeYoungRole } from './see-young-role.ts'

/** What the run has seen before. */
export interface Before {
  /** How many trust policies the functions have patched. */
  readonly patches: number
  /** Seconds from the call to the patch. */
  readonly slowest: number
  /** How many outcome events came. */
  readonly outcomes: number
}

type Observe = (scene: Scene, before: Before) => Promise<Observation>

/** By the name of the line in docs/compatibility.md. */
export const OBSERVATIONS: Readonly<Record<string, Observe>> = {
  'events-in-china': async ({ account }, { slowest }) =>
    CHINA_OR_EUSC.includes(account.partition)
      ? { seen: `events came; the slowest patch was ${slowest.toFixed(0)} s after its call` }
      : otherPartition(account.partition),
  'china-event-type': async ({ account }, { patches }) =>
    account.partition === 'aws-cn'
      ? { seen: `the rule matched: ${patches} patches` }
      : otherPartition(account.partition),
  'untag-role-keys': async (scene) => {
    const record = await recordOf(scene, 'UntagRole')
    if (record === undefined) return NOT_RECORDED
    return { seen: `requestParameters holds ${Object.keys(record.requestParameters ?? {}).join(', ')}` }
  },
  'acquire-role-record': async () => ({ because: 'no role manager makes roles in a run' }),
  'pattern-exists-false': seePattern,
  'resource-of-write': async (scene) => {
    const record = await recordOf(scene, 'UpdateAssumeRolePolicy')
    if (record === undefined) return NOT_RECORDED
    return { seen: record.resources.length === 0 ? 'no resource' : record.resources.join(', ') }
  },
  'events-source-condition': async (_, { outcomes }) => ({ seen: `${outcomes} outcome events came` }),
  'hub-bus-policy': async () => ({ because: 'it takes a hub in another account of an organization' }),
  'effect-letter-case': seeEffects,
  'empty-audience-list': (scene) => seeSignIn(scene, 'empty-list', [emptyList(scene)]),
  'any-principal': async () => ({ because: 'no role that trusts everybody is made for it' }),
  'account-deny': (scene) => {
    const { partition, account } = scene.account
    return seeSignIn(scene, 'account-deny', [own(scene), denying({ AWS: `arn:${partition}:iam::${account}:root` })])
  },
  'any-provider-deny': (scene) => seeSignIn(scene, 'provider-deny', [own(scene), denying({ Federated: '*' })]),
  'absent-key-deny': (scene) =>
    seeSignIn(scene, 'absent-key', [
      own(scene),
      denying({ Federated: scene.door.providerArn }, 'ForAnyValue:StringEqualsIfExists', 'aws:PrincipalOrgID', [
        'o-none',
      ]),
    ]),
  'provider-must-exist': seeUnknownProvider,
  'escape-length': seeEscapes,
  'document-returned': seeDocument,
  'quota-told': seeQuota,
  'policy-validation': seeValidation,
  'eusc-audience': async ({ account }) =>
    account.partition === 'aws-eusc' ? { because: 'the stack has none there' } : otherPartition(account.partition),
  'source-function-arn': async (_, { patches }) => ({ seen: `the functions' writes were allowed: ${patches} patches` }),
  'explicit-deny-words': async () => ({ because: 'it takes a service control policy, which an account does not make' }),
  'young-tag': seeDenials,
  'unique-id-shown': seeYoungRole,
  'widget-html': async () => ({ because: 'it takes somebody who opens the dashboard' }),
  'no-sweep-hours': async () => ({ because: 'it takes more than a day without a sweep' }),
}

const NOT_RECORDED: Observation = { because: 'the event history did not show the call in time' }
const CHINA_OR_EUSC = ['aws-cn', 'aws-eusc']

function otherPartition(partition: string): Observation {
  return { because: `the account is of the partition ${partition}` }
}

/**
 * Looks at all lines, several at a time. A line that fails does not stop the others.
 *
 * @throws the reason of the signal, once nothing is under way any more
 */
export async function observeAll(scene: Scene, before: Before): Promise<readonly Observed[]> {
  const observed = await Promise.all(
    Object.entries(OBSERVATIONS).map(async ([line, observe]): Promise<Observed> => {
      try {
        return { line, observation: await observe(scene, before) }
      } catch (error) {
        return { line, observation: error instanceof Error ? error : new Error(String(error)) }
      }
    }),
  )
  scene.signal.throwIfAborted()
  return observed
}

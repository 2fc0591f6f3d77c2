import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { AccessAnalyzerClient, ValidatePolicyCommand } from '@aws-sdk/client-accessanalyzer'
import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs'
import { GetAccountSummaryCommand, GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import * as z from 'zod/mini'
import { functionName } from '../sandbox/stack-names.ts'
import { isLetThrough } from '../sandbox/trail.ts'
import { oktaSso, policyOf, trusting } from '../sandbox/trust-policies.ts'
import { OWN_ROLES_PATH } from '../src/role/scope.ts'
import { makeRole, type Scene } from './scene.ts'
import { signIn, signInAfter, wordsOf } from './sign-in.ts'

/** What a run saw of a fact that no document of AWS confirms, or why it could not see it. */
export type Observation = { readonly seen: string } | { readonly because: string }

/** A line, and what came of it; the error where it could not even be tried to the end. */
export interface Observed {
  readonly line: string
  readonly observation: Observation | Error
}

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
  'effect-letter-case': async (scene) => {
    const words: string[] = []
    for (const Effect of ['allow', 'ALLOW']) {
      const taken = await makeRole(scene, `effect-${words.length}`, policyOf({ ...trusting('ec2'), Effect }))
      words.push(
        `${Effect}: ${taken.kind === 'taken' ? `taken, shown as ${await effectOf(scene, taken.roleName)}` : taken.error}`,
      )
    }
    return { seen: words.join('; ') }
  },
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
  'provider-must-exist': async (scene) => {
    const taken = await makeRole(
      scene,
      'no-provider',
      policyOf(oktaSso(`${scene.door.providerArn}-none`, 'AcceptanceProbe')),
    )
    return { seen: taken.kind === 'taken' ? 'IAM took a provider that is not there' : taken.error }
  },
  'escape-length': seeEscapes,
  'document-returned': seeDocument,
  'quota-told': async (scene) => {
    const quota = await quotaOf(scene)
    return { seen: quota === undefined ? 'the answer had none' : `${quota}` }
  },
  'policy-validation': seeValidation,
  'eusc-audience': async ({ account }) =>
    account.partition === 'aws-eusc' ? { because: 'the stack has none there' } : otherPartition(account.partition),
  'source-function-arn': async (_, { patches }) => ({ seen: `the functions' writes were allowed: ${patches} patches` }),
  'explicit-deny-words': async () => ({ because: 'it takes a service control policy, which an account does not make' }),
  'young-tag': async ({ run, clients }) => {
    let denied = 0
    const input = { logGroupName: `/aws/lambda/${functionName('role-event', run.name)}`, filterPattern: 'AccessDenied' }
    for await (const { events = [] } of paginateFilterLogEvents({ client: clients.logs }, input))
      denied += events.length
    return { seen: `${denied} records of role-event name AccessDenied` }
  },
  'unique-id-shown': seeYoungRole,
  'widget-html': async () => ({ because: 'it takes somebody who opens the dashboard' }),
  'no-sweep-hours': async () => ({ because: 'it takes more than a day without a sweep' }),
}

const CHINA_OR_EUSC = ['aws-cn', 'aws-eusc']
const NOT_RECORDED: Observation = { because: 'the event history did not show the call in time' }
const LOCAL_SIGN_IN: Observation = { because: 'the local AWS looks neither at an assertion nor at a trust policy' }

function otherPartition(partition: string): Observation {
  return { because: `the account is of the partition ${partition}` }
}

/** Does with all lines what can be done, several at a time. A line that fails does not stop the others. */
export async function observeAll(scene: Scene, before: Before): Promise<readonly Observed[]> {
  return Promise.all(
    Object.entries(OBSERVATIONS).map(async ([line, observe]) => {
      try {
        scene.signal.throwIfAborted()
        return { line, observation: await observe(scene, before) }
      } catch (error) {
        scene.signal.throwIfAborted()
        return { line, observation: error instanceof Error ? error : new Error(String(error)) }
      }
    }),
  )
}

/** A statement as the system writes it, under a Sid that no stack has: a withdrawal leaves it alone. */
const own = ({ door }: Scene) => oktaSso(door.providerArn, 'AcceptanceProbe')

function emptyList(scene: Scene): object {
  return { ...own(scene), Condition: { StringEquals: { 'SAML:aud': [] } } }
}

function denying(Principal: object, operator?: string, key = '', values: readonly string[] = []): object {
  const Condition = operator && { [operator]: { [key]: values } }
  return { Effect: 'Deny', Principal, Action: 'sts:AssumeRoleWithSAML', ...(Condition && { Condition }) }
}

/** How long a change of a trust policy may take until it counts everywhere, in milliseconds. */
const SETTLING = 45_000

/** Signs in through a role that first trusts the provider plainly, so that nothing but the statements makes the difference. */
async function seeSignIn(scene: Scene, name: string, statements: readonly object[]): Promise<Observation> {
  if (scene.account.isLocal) return LOCAL_SIGN_IN
  const { door, clients, signal } = scene
  const role = await makeRole(scene, name, policyOf(own(scene)))
  if (role.kind === 'refused') return { because: `IAM refused a role that plainly trusts the provider: ${role.error}` }
  const attempt = () => signIn(door, role.arn)
  const plain = await signInAfter(['failed', 'refused'], attempt, signal)
  if (plain.kind !== 'let in')
    return { because: `a role that plainly trusts the provider was no way in: ${wordsOf(plain)}` }
  const PolicyDocument = JSON.stringify(policyOf(...statements))
  try {
    await clients.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role.roleName, PolicyDocument }))
  } catch (error) {
    if (!(error instanceof Error && error.name.startsWith('MalformedPolicyDocument'))) throw error
    return { seen: `IAM refuses such a document: ${error.message}` }
  }
  await timers.setTimeout(SETTLING, undefined, { signal })
  return { seen: `whoever signs in is ${wordsOf(await attempt())}` }
}

const SAMPLE = join(import.meta.dirname, '../events/update-assume-role-policy.json')
const Sample = z.looseObject({ detail: z.looseObject({ userIdentity: z.looseObject({}) }) })

/** Whether the deployed rule lets the call of a user through, and that of a function not. */
async function seePattern({ account, clients, stage }: Scene): Promise<Observation> {
  const event = Sample.parse(JSON.parse(readFileSync(SAMPLE, 'utf8')))
  const { rule, prefix } = stage.names
  const { partition, account: id, region } = account
  const arn = `arn:${partition}:iam::${id}:role${OWN_ROLES_PATH}${functionName('role-event', prefix)}`
  const callOf = (userIdentity: object) =>
    isLetThrough(clients.events, rule, { ...event, account: id, region, detail: { ...event.detail, userIdentity } })
  const ofUser = await callOf({ type: 'IAMUser', arn: `arn:${partition}:iam::${id}:user/somebody`, accountId: id })
  const ofFunction = await callOf({ type: 'AssumedRole', sessionContext: { sessionIssuer: { type: 'Role', arn } } })
  const words = (matches: boolean) => (matches ? 'matches' : 'does not match')
  return { seen: `the call of a user ${words(ofUser)}; one of a function ${words(ofFunction)}` }
}

const Record = z.looseObject({
  requestParameters: z.nullish(z.looseObject({ roleName: z.optional(z.string()) })),
})

/** For how long the event history may take, and between two looks: CloudTrail promises 15 minutes (its User Guide). */
const HISTORY = { patience: 15 * 60 * 1000, pause: 20_000 }

/** CloudTrail's record of a call about a role of the run, and the names of the resources that it is found by. */
async function recordOf({ run, account, clients, signal }: Scene, call: string) {
  const LookupAttributes = [{ AttributeKey: 'EventName', AttributeValue: call } as const]
  const deadline = Date.now() + (account.isLocal ? 0 : HISTORY.patience)
  while (true) {
    const { Events: events = [] } = await clients.cloudTrail.send(new LookupEventsCommand({ LookupAttributes }))
    for (const { CloudTrailEvent: text = '{}', Resources: resources = [] } of events) {
      const { requestParameters } = Record.parse(JSON.parse(text))
      if (requestParameters?.roleName?.startsWith(run.name)) {
        return { requestParameters, resources: resources.map((one) => `${one.ResourceType} ${one.ResourceName}`) }
      }
    }
    if (Date.now() > deadline) return undefined
    await timers.setTimeout(HISTORY.pause, undefined, { signal })
  }
}

async function effectOf({ stage }: Scene, roleName: string): Promise<string | undefined> {
  const document = Document.parse(await stage.trustPolicy(roleName))
  return document.Statement[0]?.Effect
}

const Document = z.looseObject({ Statement: z.array(z.looseObject({ Effect: z.string() })) })

async function quotaOf({ clients }: Scene): Promise<number | undefined> {
  const { SummaryMap: summary = {} } = await clients.iam.send(new GetAccountSummaryCommand({}))
  return summary.AssumeRolePolicySizeQuota
}

/** A document that is too long as it is written, and short enough as it is meant. */
async function seeEscapes(scene: Scene): Promise<Observation> {
  const quota = (await quotaOf(scene)) ?? 2_048
  const document = JSON.stringify(
    policyOf({ ...trusting('ec2'), Condition: { StringEquals: { 'aws:SourceAccount': 'HERE' } } }),
  ).replace('HERE', '\\u00e9'.repeat(Math.ceil(quota / 6)))
  const taken = await makeRole(scene, 'escapes', document)
  if (taken.kind === 'refused') return { seen: `refused: ${taken.error}` }
  return { seen: `taken: ${document.length} characters as written, with a quota of ${quota}` }
}

async function seeDocument(scene: Scene): Promise<Observation> {
  const { account } = scene.account
  const Principal = { Service: ['glue.amazonaws.com', 'ec2.amazonaws.com'], AWS: [account] }
  const sent = policyOf({ Effect: 'Allow', Principal, Action: ['sts:AssumeRole'] })
  const role = await makeRole(scene, 'document', sent)
  if (role.kind === 'refused') return { because: role.error }
  return {
    seen: `${JSON.stringify(sent)} comes back as ${JSON.stringify(await scene.stage.trustPolicy(role.roleName))}`,
  }
}

async function seeValidation(scene: Scene): Promise<Observation> {
  if (scene.account.isLocal) return { because: 'the local AWS has no Access Analyzer that knows trust policies' }
  const command = new ValidatePolicyCommand({
    policyDocument: JSON.stringify(policyOf(own(scene))),
    policyType: 'RESOURCE_POLICY',
    validatePolicyResourceType: 'AWS::IAM::AssumeRolePolicyDocument',
  })
  const { findings = [] } = await new AccessAnalyzerClient(scene.account.target).send(command)
  const words = findings.map(({ findingType, issueCode }) => `${findingType} ${issueCode}`)
  return { seen: words.length === 0 ? 'no finding' : words.join(', ') }
}

/** How long a new role is young, in IAM's eyes. */
async function seeYoungRole(scene: Scene): Promise<Observation> {
  const { clients, signal } = scene
  const started = Date.now()
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1)
  const role = await makeRole(scene, 'young')
  if (role.kind === 'refused') return { because: role.error }
  const trusting = async (): Promise<string> => {
    for (let attempt = 0; ; attempt += 1) {
      const policy = policyOf({ Effect: 'Allow', Principal: { AWS: role.arn }, Action: 'sts:AssumeRole' })
      const taken = await makeRole(scene, 'trusts-young', policy)
      if (taken.kind === 'taken') return `IAM took it as a principal after ${seconds()} s`
      if (attempt === 60) return `as a principal it was refused for ${seconds()} s: ${taken.error}`
      await timers.setTimeout(1_000, undefined, { signal })
    }
  }
  const shown = async (): Promise<string> => {
    while (true) {
      const { Role: found } = await clients.iam.send(new GetRoleCommand({ RoleName: role.roleName }))
      if (found?.Arn === role.arn) return `GetRole showed its ARN after ${seconds()} s`
      if (Date.now() - started > 60_000) return `GetRole still showed ${found?.Arn} after ${seconds()} s`
      await timers.setTimeout(500, undefined, { signal })
    }
  }
  return { seen: (await Promise.all([shown(), trusting()])).join('; ') }
}

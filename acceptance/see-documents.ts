import { GetAccountSummaryCommand } from '@aws-sdk/client-iam'
import * as z from 'zod/mini'
import { oktaSso, policyOf, trusting } from '../sandbox/trust-policies.ts'
import { accessAnalyzerClient, findInTrustPolicy } from '../src/aws/policy-findings.ts'
import type { Observation } from './observation.ts'
import { makeRole, type Scene } from './scene.ts'
import { own, PROBE } from './see-sign-ins.ts'

/** Which letters IAM takes as an Effect. */
export async function seeEffects(scene: Scene): Promise<Observation> {
  const words: string[] = []
  for (const Effect of ['allow', 'ALLOW']) {
    const taken = await makeRole(scene, `effect-${words.length}`, policyOf({ ...trusting('ec2'), Effect }))
    const shown = taken.kind === 'taken' ? `taken, shown as ${await effectOf(scene, taken.roleName)}` : taken.error
    words.push(`${Effect}: ${shown}`)
  }
  return { seen: words.join('; ') }
}

/** Whether IAM takes a document that names a provider that is not there. */
export async function seeUnknownProvider(scene: Scene): Promise<Observation> {
  const provider = `${scene.door.providerArn}-none`
  const taken = await makeRole(scene, 'no-provider', policyOf(oktaSso(provider, { sid: PROBE })))
  return { seen: taken.kind === 'taken' ? 'IAM took a provider that is not there' : taken.error }
}

export async function seeQuota(scene: Scene): Promise<Observation> {
  const quota = await quotaOf(scene)
  return { seen: quota === undefined ? 'the answer had none' : `${quota}` }
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
export async function seeEscapes(scene: Scene): Promise<Observation> {
  const quota = (await quotaOf(scene)) ?? 2_048
  const document = JSON.stringify(
    policyOf({ ...trusting('ec2'), Condition: { StringEquals: { 'aws:SourceAccount': 'HERE' } } }),
  ).replace('HERE', '\\u00e9'.repeat(Math.ceil(quota / 6)))
  const taken = await makeRole(scene, 'escapes', document)
  if (taken.kind === 'refused') return { seen: `refused: ${taken.error}` }
  return { seen: `taken: ${document.length} characters as written, with a quota of ${quota}` }
}

export async function seeDocument(scene: Scene): Promise<Observation> {
  const { account } = scene.account
  const Principal = { Service: ['glue.amazonaws.com', 'ec2.amazonaws.com'], AWS: [account] }
  const sent = policyOf({ Effect: 'Allow', Principal, Action: ['sts:AssumeRole'] })
  const role = await makeRole(scene, 'document', sent)
  if (role.kind === 'refused') return { because: role.error }
  return {
    seen: `${JSON.stringify(sent)} comes back as ${JSON.stringify(await scene.stage.trustPolicy(role.roleName))}`,
  }
}

export async function seeValidation(scene: Scene): Promise<Observation> {
  if (scene.account.isLocal) return { because: 'the local AWS has no Access Analyzer that knows trust policies' }
  const document = JSON.stringify(policyOf(own(scene)))
  const client = accessAnalyzerClient(scene.account.target)
  const findings = await findInTrustPolicy(client, document, AbortSignal.timeout(60_000))
  const words = findings.map(({ findingType, issueCode }) => `${findingType} ${issueCode}`)
  return { seen: words.length === 0 ? 'no finding' : words.join(', ') }
}

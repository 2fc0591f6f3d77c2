import { GetRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import tagRole from '../../events/tag-role.json' with { type: 'json' }
import { handler } from '../../handlers/role-event.ts'
import { createAccount } from '../../test/account/account.ts'
import { ENVIRONMENT } from '../../test/environment.ts'
import { batchOf, contextOf } from '../../test/invocation.ts'
import { cpuTime } from '../cpu-time.ts'
import { sendResult } from '../send-result.ts'

// Gives role-event so many TagRole events in batches of ten, in turn with making the same calls without it. Every second
// role is due, the others are right already; each round has an account of its own.

const [events = '', rounds = ''] = process.argv.slice(2)
const BATCH = 10
const WARM_UP = 2

const signIn = {
  Sid: 'OktaSso',
  Effect: 'Allow',
  Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/Okta' },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
}
const forEc2 = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }
const DUE = JSON.stringify({ Version: '2012-10-17', Statement: [forEc2] })
const RIGHT = JSON.stringify({ Version: '2012-10-17', Statement: [forEc2, signIn] })

const names = Array.from({ length: Number(events) }, (_, index) => `role-${index}`)
const batches = Array.from({ length: names.length / BATCH }, (_, index) =>
  names.slice(index * BATCH, (index + 1) * BATCH),
)
const isDue = (name: string) => Number(name.slice('role-'.length)) % 2 === 0

async function inNewAccount(work: (batch: readonly string[]) => Promise<unknown>): Promise<number> {
  const account = createAccount().attach()
  account.putParameter(ENVIRONMENT.PARAMETER_NAME, account.addProvider('Okta'))
  for (const name of names) account.addRole({ name, tags: { 'okta-sso': 'true' }, document: isDue(name) ? DUE : RIGHT })
  const time = await cpuTime(async () => {
    for (const batch of batches) await work(batch)
  })
  account.detach()
  const wrong = names.filter((name) => account.role(name).document !== RIGHT)
  if (wrong.length > 0) throw new Error(`${wrong.length} of ${names.length} roles are not as wanted`)
  return time
}

function eventOf(roleName: string) {
  const { detail } = tagRole
  const requestParameters = { ...detail.requestParameters, roleName }
  return { ...tagRole, detail: { ...detail, eventTime: new Date().toISOString(), requestParameters } }
}

const client = new IAMClient()
async function callOnly(name: string) {
  await client.send(new GetRoleCommand({ RoleName: name }))
  if (!isDue(name)) return
  await client.send(new GetRoleCommand({ RoleName: name }))
  await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: RIGHT }))
}

const measured: { readonly measured: number; readonly baseline: number }[] = []
for (let round = 0; round < WARM_UP + Number(rounds); round += 1) {
  const baseline = await inNewAccount((batch) => Promise.all(batch.map(callOnly)))
  const handling = await inNewAccount((batch) => handler(batchOf(...batch.map(eventOf)), contextOf()))
  if (round >= WARM_UP) measured.push({ measured: handling, baseline })
}
sendResult({ rounds: measured })

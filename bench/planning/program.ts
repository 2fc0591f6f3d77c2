import { readFileSync } from 'node:fs'
import { planTrust } from '../../src/trust-policy/plan.ts'
import { cpuTime } from '../cpu-time.ts'
import { sendResult } from '../send-result.ts'

// Plans all documents of the given file in each of so many rounds, in turn with only parsing and printing their JSON.

const [file = '', rounds = ''] = process.argv.slice(2)
const documents: readonly string[] = JSON.parse(readFileSync(file, 'utf8'))
const WANTED = {
  providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
  audiences: ['https://signin.aws.amazon.com/saml'],
  actions: ['sts:AssumeRoleWithSAML'],
}
const QUOTA = 2048

/** Rounds until V8 has compiled what it will compile. */
const WARM_UP = 3

const measured: { readonly measured: number; readonly baseline: number }[] = []
const kinds = { unchanged: 0, change: 0, blocked: 0 }
let characters = 0
for (let round = 0; round < WARM_UP + Number(rounds); round += 1) {
  const baseline = await cpuTime(() => {
    for (const text of documents) characters += JSON.stringify(JSON.parse(text)).length
  })
  const planning = await cpuTime(() => {
    for (const text of documents) kinds[planTrust(text, WANTED, QUOTA).kind] += 1
  })
  if (round >= WARM_UP) measured.push({ measured: planning, baseline })
}
sendResult({ rounds: measured, kinds, characters })

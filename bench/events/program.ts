import tagRole from '../../events/tag-role.json' with { type: 'json' }
import { batchOf, contextOf } from '../../fake-aws/invocation.ts'
import { cpuTime } from '../cpu-time.ts'
import { generatedRole, nthDue, nthRight } from '../generated-account.ts'
import { sendResult } from '../send-result.ts'

// Gives the function of one bundle so many batches of ten TagRole events, of which every second one is for a role that
// is due, and the others for roles that are right already.

const [bundle = '', batches = ''] = process.argv.slice(2)
const { handler } = await import(bundle)

const PAIRS = 5
/** Batches until V8 has compiled what it will compile, and until the parameter has been read. */
const WARM_UP = 10

async function handleBatch(batch: number): Promise<void> {
  const indices = Array.from({ length: PAIRS }, (_, pair) => batch * PAIRS + pair)
  const events = indices
    .flatMap((nth) => [nthDue(nth), nthRight(nth)])
    .map((index) => eventOf(generatedRole(index).name))
  await handler(batchOf(...events), contextOf())
}

function eventOf(roleName: string) {
  const { detail } = tagRole
  const requestParameters = { ...detail.requestParameters, roleName }
  return { ...tagRole, detail: { ...detail, eventTime: new Date().toISOString(), requestParameters } }
}

for (let batch = 0; batch < WARM_UP; batch += 1) await handleBatch(batch)
const cpu = await cpuTime(async () => {
  for (let batch = 0; batch < Number(batches); batch += 1) await handleBatch(WARM_UP + batch)
})
sendResult({ cpu, due: (WARM_UP + Number(batches)) * PAIRS })

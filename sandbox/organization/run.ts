import { parseArgs } from 'node:util'
import { outliveReaders } from '../../cli/session/outlive-readers.ts'
import { paintFor } from '../../cli/session/paint.ts'
import { Checks } from '../checks.ts'
import { startLocalAws } from '../local-aws.ts'
import { Progress } from '../progress.ts'
import { stopOnSignals } from '../stop-on-signals.ts'
import { openOrganization } from './open-organization.ts'
import { playOrganization } from './play-organization.ts'
import { makeRelease, nextRelease } from './release.ts'

// An organization on a local AWS, with the templates and the code of a release. Ends with 1 where anything was not as
// expected.

const FEWEST_ACCOUNTS = 3

outliveReaders(process.stdout, process.stderr)
const paint = paintFor(process.stdout, process.env)
const progress = new Progress(paint)
stopOnSignals(progress)

try {
  const { accounts, roles } = readOptions()
  const started = Date.now()
  const print = (step: string) => progress.print(`  ${step}`)
  const aws = await startLocalAws(print)
  try {
    print(`A local AWS runs at ${aws.endpoint} (process group ${aws.processGroup})`)
    const make = () => makeRelease(aws.folder)
    const release = await progress.during(paint('bold', 'Releasing: npm run release'), make)
    const next = nextRelease(release)
    print(`Version ${release.version}, and ${next.version} for the upgrade`)
    const open = () => openOrganization(aws, [release, next], accounts, print)
    const organization = await progress.during(paint('bold', 'Opening the organization'), open)
    print('The local AWS has no StackSets: what they do is done account by account, with the same templates')
    print('It drops what a rule sends to the bus of another account: that is carried, with the account that AWS writes')
    const checks = new Checks(progress, paint)
    await playOrganization({ organization, roles, release, next, progress, paint, checks })
    if (checks.unmet > 0) process.exitCode = 1
  } finally {
    aws.stop()
  }
  const seconds = Math.round((Date.now() - started) / 1000)
  progress.print('', `The organization is closed: no process and no file of it is left. It took ${seconds} s.`)
} catch (error) {
  progress.print('', paint('red', error instanceof Error ? error.message : String(error)))
  process.exitCode = 1
}

function readOptions() {
  const { values } = parseArgs({
    options: { accounts: { type: 'string', default: '20' }, roles: { type: 'string', default: '200' } },
  })
  const [accounts, roles] = [Number(values.accounts), Number(values.roles)]
  if (!Number.isInteger(accounts) || accounts < FEWEST_ACCOUNTS) {
    throw new Error(`--accounts is ${values.accounts}, expected a whole number of at least ${FEWEST_ACCOUNTS}`)
  }
  // A sweep changes at most 50 roles, and one in four is due.
  if (!Number.isInteger(roles) || roles < 1 || roles > 200) {
    throw new Error(`--roles is ${values.roles}, expected a whole number from 1 to 200`)
  }
  return { accounts, roles }
}

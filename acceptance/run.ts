import { errorMessageOf } from '../cli/error-message.ts'
import { askYesOrNo, canAsk } from '../cli/session/ask.ts'
import { outliveReaders } from '../cli/session/outlive-readers.ts'
import { paintFor } from '../cli/session/paint.ts'
import type { Terminal } from '../cli/session/terminal.ts'
import { Progress } from '../sandbox/progress.ts'
import { ConfigurationError } from '../src/errors.ts'
import { type Account, type AccountClients, accountClients, findAccount } from './account.ts'
import { deleteLeftovers, NOT_OURS } from './clean.ts'
import { openDeployment } from './deployment.ts'
import { findTrail } from './find-trail.ts'
import { Ledger } from './ledger.ts'
import { findLeftovers, type Leftover } from './leftovers.ts'
import type { Observed } from './observation.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { cleanCommand, planOf } from './plan.ts'
import { playRun } from './play-run.ts'
import { reportOf } from './report.ts'
import { newRun } from './run-names.ts'

// The whole system on a real account, with a stack of its own that goes in the end. Ends with 0 only where all was as expected.

const { stdin, stdout, stderr, env: environment } = process
outliveReaders(stdout, stderr)
const paint = paintFor(stdout, environment)
const progress = new Progress(paint)
const terminal: Terminal = { stdin, stdout, stderr, environment, onInterrupt: () => () => {} }
const interrupted = new AbortController()
let options: Options | undefined

/** Within this, in milliseconds, it is the same Ctrl-C: the terminal sends it, and npm hands it on. */
const ONE_PRESS = 1_000
let interruptedAt = 0

const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const
for (const [signal, exitCode] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    process.exitCode = exitCode
    if (interrupted.signal.aborted && Date.now() - interruptedAt < ONE_PRESS) return
    interruptedAt = Date.now()
    if (interrupted.signal.aborted && options !== undefined) {
      progress.print(`Stopped at once. What is left is deleted by ${cleanCommand(options)}`)
      process.exit()
    }
    progress.print('Stopping: what was made is deleted first. Again to stop at once.')
    interrupted.abort(new Error('interrupted'))
  })
}

try {
  const asked = readOptions(process.argv.slice(2))
  if (asked === 'help') progress.print(HELP)
  else {
    options = asked
    const account = await findAccount(options, terminal)
    const clients = accountClients(account)
    await (options.clean ? clean(options, account, clients) : accept(options, account, clients))
  }
} catch (error) {
  progress.print(
    paint('red', interrupted.signal.aborted ? 'Interrupted.' : errorMessageOf(error, { profile: options?.profile })),
  )
  process.exitCode ??= 1
}

async function accept(options: Options, account: Account, clients: AccountClients): Promise<void> {
  const { signal } = interrupted
  refuseLeftovers(await findLeftovers(clients, account), options)
  const run = newRun()
  const trail = account.isLocal
    ? 'none: the local AWS records no events, and they are played'
    : await findTrail(account, options, run)
  progress.print(...planOf(run, account, trail, cleanCommand(options)), '')
  await agree(options, `Make all this in the account ${account.account}?`)

  const ledger = new Ledger(progress, paint, signal)
  const observed: Observed[] = []
  let isComplete = false
  try {
    signal.throwIfAborted()
    await playRun({
      run,
      account,
      clients,
      ledger,
      progress,
      paint,
      signal,
      openDeployment: () => openDeployment(run, account, signal),
      tell: (lines) => observed.push(...lines),
    })
    isComplete = !signal.aborted
  } catch (error) {
    // The table has it: what is left to do is to delete what was made.
    if (!signal.aborted) progress.print(paint('red', error instanceof Error ? error.message : String(error)))
  }
  const removal = new Ledger(progress, paint, new AbortController().signal)
  await removal
    .step('delete all that was made', 'nothing is left', async () => {
      const { left } = await deleteLeftovers(clients, account, new Set([run.id]), (line) => progress.print(line))
      return left.length === 0 ? 'nothing is left' : `left: ${left.join('; ')}`
    })
    .catch(() => {})
  progress.print('', ...reportOf(account, [...ledger.rows, ...removal.rows], observed, new Date()))
  if (!removal.allMet) progress.print('', `What is left is deleted by ${cleanCommand(options)}`)
  if (!isComplete || !ledger.allMet || !removal.allMet) process.exitCode ??= 1
}

/** @throws ConfigurationError where anything of another run is there, or is called so */
function refuseLeftovers(leftovers: readonly Leftover[], options: Options): void {
  if (leftovers.length === 0) return
  const names = (tagged: boolean) => leftovers.filter(({ isTagged }) => isTagged === tagged).map(({ what }) => what)
  const [ofRuns, ofOthers] = [names(true), names(false)]
  const words = [
    ...(ofRuns.length === 0
      ? []
      : [
          `another run is under way, or has left ${ofRuns.join(', ')}: wait for it, or delete that with ${cleanCommand(options)}`,
        ]),
    ...(ofOthers.length === 0
      ? []
      : [`${ofOthers.join(', ')} is called as by a run, and lacks its tag: look whose it is, and delete it yourself`]),
  ]
  throw new ConfigurationError(`nothing was made. ${words.join('; ')}`)
}

async function clean(options: Options, account: Account, clients: AccountClients): Promise<void> {
  const leftovers = await findLeftovers(clients, account)
  const due = leftovers.filter(({ isTagged }) => isTagged)
  for (const { what } of leftovers.filter(({ isTagged }) => !isTagged)) progress.print(`  ${what}: ${NOT_OURS}`)
  if (due.length === 0) {
    progress.print(
      `Nothing of a run is in the account ${account.account}. Was one killed within the last minutes, look again: AWS lists late what is new.`,
    )
    return
  }
  const runIds = new Set(due.map(({ runId }) => runId))
  progress.print(
    `In the account ${account.account}, runs have left (${[...runIds].join(', ')}):`,
    ...due.map(({ what }) => `  ${what}`),
  )
  await agree(options, 'Delete all this? A run that is still under way fails by it.')
  const { left } = await deleteLeftovers(clients, account, runIds, (line) => progress.print(line))
  progress.print(left.length === 0 ? 'Nothing of these runs is left.' : `Left: ${left.join('; ')}`)
  if (left.length > 0) process.exitCode = 1
}

/** @throws ConfigurationError where the answer is no, or nobody can be asked */
async function agree({ yes }: Options, question: string): Promise<void> {
  if (yes) return
  if (!canAsk(terminal)) {
    throw new ConfigurationError(
      'there is no terminal to ask on, and nothing was changed: run this in a terminal, or add --yes',
    )
  }
  if (!(await askYesOrNo(terminal, question))) throw new ConfigurationError('Nothing was changed.')
}

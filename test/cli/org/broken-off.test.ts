import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { runCli, temporaryFolder } from '../command-line.ts'
import { metadataOf } from './metadata.ts'
import { CANARY, failure, StackSetsAccount, UNIT } from './stack-sets-account.ts'
import { writeRelease } from './write-release.ts'

let release: string
beforeEach(() => {
  vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
  release = temporaryFolder()
  writeFileSync(join(release, 'okta.xml'), metadataOf())
})

const deploy = (...more: readonly string[]) => [
  ...['org', 'deploy', '--yes', '--release', release, '--metadata', join(release, 'okta.xml')],
  ...['--ou', UNIT, '--canary', CANARY, ...more],
]
const resume = ['org', 'resume', '--allow', 'mode', '--yes']

/** An account in which so much was done already. */
const accountAfter = async (...done: readonly (readonly string[])[]) => {
  writeRelease(release)
  const account = new StackSetsAccount().attach()
  for (const args of done) await runCli(args)
  account.calls.length = 0
  return account
}
const stateOf = ({ sets }: StackSetsAccount) =>
  [...sets].map(([name, { parameters, template, instances }]) => {
    const accounts = [...instances].map(([id, one]) => [id, one.status, one.parameters, one.template])
    return [name, parameters, template, accounts.toSorted()]
  })

/** What is done beforehand, and what is to be done. */
const COMMANDS = {
  'a first deployment': () => [deploy()],
  'an upgrade': () => [deploy(), deploy('--param', 'maxChanges=99', '--allow', 'maxChanges')],
  'org resume': () => [deploy(), resume],
  'org pause': () => [deploy(), resume, ['org', 'pause', '--yes']],
  'org remove': () => [deploy(), ['org', 'remove', '--yes']],
}

describe.each(Object.entries(COMMANDS))('%s', (name, commandsOf) => {
  const prepared = async () => {
    const account = await accountAfter(...commandsOf().slice(0, -1))
    if (name === 'an upgrade') writeRelease(release, '1.1.0')
    return account
  }

  test.each([
    ['refused', failure('AccessDeniedException', 'not authorized to perform: aws:Something', 403)],
    ['broken', failure('InternalFailure', 'internal', 500)],
  ])(
    'of which any one call is %s says so in one line, and the same command goes on to the same end',
    async (_, fault) => {
      const args = commandsOf().at(-1) ?? []
      const undisturbed = await prepared()
      expect(await runCli(args)).toMatchObject({ exitCode: 0 })
      const isWrite = (call: string) => /^(Create|Update|Delete)/.test(call)
      const firstWrite = undisturbed.calls.findIndex(isWrite)
      for (const [index, call] of undisturbed.calls.entries()) {
        const account = await prepared()
        account.onCall = (number) => {
          if (number === index + 1) throw fault
        }
        const { stderr, exitCode } = await runCli(args)
        expect(stderr.match(/^Error: .+$/gm), call).toHaveLength(1)
        expect(exitCode, call).toBe(1)
        if (index > firstWrite) expect(stderr, call).toMatch(/To go on, run `npx --no okta-role-trust org \w+/)
        if (/^(DescribeStackSetOperation|ListStackSetOperation)/.test(call)) {
          expect(stderr).toMatch(/CloudFormation goes on with [\w-]+ by itself \(operation operation-\d+\)/)
        }
        account.onCall = () => {}
        expect(await runCli(args), call).toMatchObject({ exitCode: 0 })
        expect(stateOf(account), call).toEqual(stateOf(undisturbed))
      }
    },
  )

  test('of which Ctrl-C ends a wait says how to go on, and the same command does', async () => {
    const args = commandsOf().at(-1) ?? []
    const undisturbed = await prepared()
    undisturbed.looksAnAccount = 1
    expect(await runCli(args)).toMatchObject({ exitCode: 0 })
    let stopped = 0
    for (const [index, call] of undisturbed.calls.entries()) {
      const account = await prepared()
      account.looksAnAccount = 1
      let press = () => {}
      account.onCall = (number) => {
        if (number === index + 1) press()
      }
      const { stderr, exitCode } = await runCli(args, {
        withInterrupt: (given) => {
          press = given
        },
      })
      if (exitCode !== 0) {
        stopped += 1
        expect(stderr, call).toMatch(/To go on, run `npx --no okta-role-trust org \w+|run the command again to go on/)
      }
      expect(await runCli(args), call).toMatchObject({ exitCode: 0 })
      expect(stateOf(account), call).toEqual(stateOf(undisturbed))
    }
    expect(stopped).toBeGreaterThan(0)
  })
})

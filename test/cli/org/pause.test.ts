import timers from 'node:timers/promises'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import pausePolicy from '../../../org/pause-scp.json'
import { runCli, temporaryFolder } from '../command-line.ts'
import { ENGINE, StackSetsAccount, UNIT } from './stack-sets-account.ts'
import { writeRelease } from './write-release.ts'

let account: StackSetsAccount
let release: string
beforeEach(async () => {
  vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
  account = new StackSetsAccount().attach()
  release = temporaryFolder()
  writeRelease(release)
  await runCli(['org', 'deploy', '--release', release, '--ou', UNIT, '--yes', '--param', 'maxChanges=7'])
})

const org = (...args: readonly string[]) => runCli(['org', ...args, '--yes'])
const modes = () => Object.values(account.deployed('Mode'))

describe('org resume', () => {
  test('lets every account write, where that is named', async () => {
    const { stdout, exitCode } = await org('resume', '--allow', 'mode')
    expect(stdout).toContain('    mode: report → enforce\n')
    expect({ modes: modes(), exitCode }).toEqual({ modes: ['enforce', 'enforce'], exitCode: 0 })
    expect(Object.values(account.deployed('MaxChanges'))).toEqual(['7', '7'])
  })

  test('changes nothing otherwise', async () => {
    const { stderr, exitCode } = await org('resume')
    expect(stderr).toContain(
      'nothing was changed: mode: report → enforce: the functions write trust policies from then on. If this is meant, add --allow mode',
    )
    expect({ modes: modes(), exitCode }).toEqual({ modes: ['report', 'report'], exitCode: 1 })
  })

  test('changes nothing after a no', async () => {
    const { exitCode } = await runCli(['org', 'resume', '--allow', 'mode'], { isTerminal: true, input: 'n' })
    expect({ modes: modes(), exitCode }).toEqual({ modes: ['report', 'report'], exitCode: 1 })
    expect((await runCli(['org', 'resume', '--allow', 'mode'])).stderr).toContain('there is no terminal to ask on')
  })
})

test('a release that comes while the question waits is not taken back', async () => {
  account.onCall = () => {
    if (account.calls.at(-1) === 'ListStackInstances') {
      account.set().template = account.set().template.replace('okta-role-trust 1.0.0', 'okta-role-trust 1.0.1')
    }
  }
  await runCli(['org', 'resume', '--allow', 'mode'], { isTerminal: true, input: 'y' })
  expect(modes()).toEqual(['enforce', 'enforce'])
  expect(account.set().template).toContain('okta-role-trust 1.0.1')
})

test('what else an account gets with the mode is told', async () => {
  writeRelease(release, '1.1.0')
  account.failing.set('333333333333', 'throttled')
  await runCli(['org', 'deploy', '--release', release, '--yes', '--param', 'maxChanges=7'])
  account.failing.clear()
  const { stdout } = await runCli(['org', 'pause'], { isTerminal: true, input: 'n' })
  expect(stdout).toContain('    1 account that is not current gets all that the StackSet has with it: version 1.1.0\n')
})

describe('org pause', () => {
  test('takes the write from every account, and tells of the faster way', async () => {
    await org('resume', '--allow', 'mode')
    const { exitCode, stderr } = await org('pause')
    expect({ modes: modes(), exitCode }).toEqual({ modes: ['report', 'report'], exitCode: 0 })
    expect(stderr).toContain(`--content '${JSON.stringify(pausePolicy)}'`)
  })

  test('has nothing to do twice', async () => {
    const { stdout, exitCode } = await org('pause')
    expect({ stdout, exitCode }).toEqual({ stdout: '  mode: report in every account already\n', exitCode: 0 })
  })

  test('names an account that keeps its mode, and goes on when told again', async () => {
    await org('resume', '--allow', 'mode')
    account.failing.set('333333333333', 'throttled')
    const { stdout, stderr, exitCode } = await org('pause')
    expect(stdout).toContain('  failed      333333333333  ou-ab12-cdef3456  throttled\n')
    expect(stderr).toContain('To go on, run `npx --no okta-role-trust org pause --yes`')
    expect({ modes: modes(), exitCode }).toEqual({ modes: ['report', 'enforce'], exitCode: 1 })
    account.failing.clear()
    expect((await org('pause')).exitCode).toBe(0)
    expect(modes()).toEqual(['report', 'report'])
  })

  test('says so where there is no StackSet', async () => {
    account.sets.clear()
    expect((await org('pause')).stderr).toContain(`there is no StackSet ${ENGINE} in us-east-1`)
  })
})

describe('org remove', () => {
  const deploy = () => {
    const options = ['--release', release, '--ou', UNIT, '--provider-name', 'Okta', '--param', 'maxChanges=7']
    return runCli(['org', 'deploy', '--yes', ...options])
  }

  test('takes the stacks out of every account, then the StackSet, and says what stays', async () => {
    await deploy()
    const { stdout, stderr, exitCode } = await org('remove')
    expect([...account.sets.keys()]).toEqual([`${ENGINE}-identity`])
    expect(stderr).toContain('run `npx --no okta-role-trust withdraw` in each account')
    expect(stdout).toContain(
      `these stay: the statements in the roles, the StackSet ${ENGINE}-identity with the SAML providers`,
    )
    expect(exitCode).toBe(0)
  })

  test('warns to pause first, where the accounts would write the statements again', async () => {
    await org('resume', '--allow', 'mode')
    const { stderr } = await runCli(['org', 'remove'], { isTerminal: true, input: 'n' })
    expect(stderr).toContain('run `npx --no okta-role-trust org pause`, then run `npx --no okta-role-trust withdraw`')
    expect(account.set().instances.size).toBe(2)
  })

  test('can be repeated, and deployed anew after it', async () => {
    await deploy()
    await org('remove')
    const again = await org('remove')
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing to remove') })
    expect(await deploy()).toMatchObject({ exitCode: 0 })
    expect(modes()).toEqual(['report', 'report'])
  })

  test('keeps the StackSet while an account keeps its stack, and names it', async () => {
    account.failing.set('333333333333', 'the stack cannot be deleted')
    const { stdout, stderr, exitCode } = await org('remove')
    expect(stdout).toContain('  inoperable  333333333333  ou-ab12-cdef3456  the stack cannot be deleted\n')
    expect(stderr).toContain(
      '1 account still has a stack, and the StackSet stays. To go on, run `npx --no okta-role-trust org remove --yes`',
    )
    expect({ exitCode, left: [...account.set().instances.keys()] }).toEqual({ exitCode: 1, left: ['333333333333'] })
    account.failing.clear()
    expect(await org('remove')).toMatchObject({ exitCode: 0 })
    expect(account.sets.size).toBe(0)
  })

  test.each([
    ['DeleteStackInstances', 'cloudformation:DeleteStackInstances'],
    ['ListStackInstances', 'cloudformation:ListStackInstances'],
    ['DeleteStackSet', 'cloudformation:DeleteStackSet'],
  ])('without %s it names the permission', async (call, permission) => {
    account.deny(call)
    const { stderr, exitCode } = await org('remove')
    expect(stderr).toContain(`the caller lacks the permission ${permission}: allow it`)
    expect({ exitCode, sets: account.sets.size }).toEqual({ exitCode: 1, sets: 1 })
  })
})

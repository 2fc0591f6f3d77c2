import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import timers from 'node:timers/promises'
import { beforeEach, expect, test, vi } from 'vitest'
import { runCli, temporaryFolder } from '../command-line.ts'
import { metadataOf } from './metadata.ts'
import { StackSetsAccount, UNIT } from './stack-sets-account.ts'
import { writeRelease } from './write-release.ts'

beforeEach(() => {
  vi.spyOn(timers, 'setTimeout').mockResolvedValue(undefined)
})

/** Of a call. S3 names some otherwise (Service Authorization Reference). */
function permissionOf(call: string): string {
  if (call === 'HeadBucket') return 's3:ListBucket'
  if (/Bucket|Object$/.test(call)) return `s3:${call}`
  return `${/^Describe(Organization|OrganizationalUnit)$|^ListRoots$/.test(call) ? 'organizations' : 'cloudformation'}:${call}`
}

test('the document of the command line names each permission that the org commands take', async () => {
  const account = new StackSetsAccount().attach()
  const release = temporaryFolder()
  writeRelease(release)
  const metadata = join(release, 'okta.xml')
  writeFileSync(metadata, metadataOf())
  let press = () => {}
  account.onLook = () => press()
  const org = (...args: readonly string[]) =>
    runCli(['org', ...args, '--yes'], { withInterrupt: (given) => (press = given) })
  await org('deploy', '--release', release, '--ou', UNIT, '--metadata', metadata)
  account.onLook = () => {}
  await org('deploy', '--release', release, '--ou', UNIT, '--metadata', metadata)
  await org('deploy', '--release', release, '--ou', 'r-none')
  await org('resume', '--allow', 'mode')
  await org('remove')
  const calls = [...new Set(account.calls)].filter((call) => call !== 'GetCallerIdentity')
  for (const call of ['StopStackSetOperation', 'GetObject', 'UpdateStackSet', 'DeleteStackSet', 'ListRoots']) {
    expect(calls).toContain(call)
  }
  const reference = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8')
  expect(calls.map(permissionOf).filter((permission) => !reference.includes(`\`${permission}\``))).toEqual([])
})

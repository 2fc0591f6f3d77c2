import { expect, test } from 'vitest'
import { newRun, runIdOf, runOf } from '../../acceptance/run-names.ts'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { storiesOf } from '../../sandbox/role-stories.ts'
import { settingsProblems } from '../../src/config/settings-problems.ts'

test('two runs have no name in common', () => {
  const [one, other] = [newRun(), newRun()]
  for (const key of ['id', 'name', 'stage', 'parameter', 'tagKey', 'sid'] as const)
    expect(one[key]).not.toBe(other[key])
})

test('all that a run makes says by its name whose it is', () => {
  const run = runOf('0123abcd')
  const cast = { provider: 'x', tagKey: run.tagKey, sid: run.sid, rolePrefix: `${run.name}-`, tags: run.tags }
  const names = [run.name, run.parameter, `${run.name}-outcomes`, ...storiesOf(cast).map(({ roleName }) => roleName)]
  expect(names.map(runIdOf)).toEqual(names.map(() => '0123abcd'))
  // IAM takes 64 characters.
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(64)
})

test.each([
  'okta-role-trust-dev',
  'okta-role-trust-acceptance',
  'okta-role-trust-acceptance-0123abc',
  'okta-role-trust-acceptance-0123abcde',
  'okta-role-trust-acceptance-0123ABCD',
  'my-okta-role-trust-acceptance-0123abcd',
])('%s is no name of a run', (name) => {
  expect(runIdOf(name)).toBeUndefined()
})

test('its stack shares neither the tag nor the Sid nor the parameter with a stack of the default settings', () => {
  const { parameter, tagKey, sid } = newRun()
  expect([ENVIRONMENT.PARAMETER_NAME, ENVIRONMENT.TAG_KEY, ENVIRONMENT.SID]).not.toEqual(
    expect.arrayContaining([parameter]),
  )
  expect(tagKey).not.toBe(ENVIRONMENT.TAG_KEY)
  expect(sid.startsWith(ENVIRONMENT.SID)).toBe(false)
  const settings = { ...ENVIRONMENT, PARAMETER_NAME: parameter, TAG_KEY: tagKey, SID: sid, SCHEDULE: 'rate(1 day)' }
  expect(settingsProblems({ ...settings, POWERTOOLS_LOG_LEVEL: 'INFO', TAGS: '' }, (setting) => setting)).toEqual([])
})

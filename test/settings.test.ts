import { expect, test } from 'vitest'
import { environmentOf, SETTING_NAMES, settingsOf } from '../cli/stack-settings.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { settingsProblems } from '../src/config/settings-problems.ts'
import { textOf } from './documents/documents.ts'

test.each(SETTING_NAMES)('%s is checked, and what is wrong is told under its name', (name) => {
  const problems = settingsProblems(environmentOf('dev', { [name]: '\u0007' }), (setting) => `here: ${setting}`)
  expect(problems[0]).toMatch(new RegExp(`^here: ${name}: found "\\\\u0007", expected `))
})

test.each(SETTING_NAMES.filter((name) => name !== 'tags'))(
  '%s is a variable of the functions, of that name',
  (name) => {
    const variable = name.replace(/[A-Z]/g, '_$&').toUpperCase()
    const { [variable]: own, [`POWERTOOLS_${variable}`]: ofPowertools } = environmentOf('dev', { [name]: 'x' })
    expect(own ?? ofPowertools).toBe('x')
  },
)

test('what was deployed is read back, and what an older stack lacks has its default', () => {
  const changed = Object.fromEntries(SETTING_NAMES.map((name) => [name, `${name} changed`]))
  expect(settingsOf(environmentOf('dev', changed))).toEqual(changed)
  expect(settingsOf({})).toEqual(settingsOf(environmentOf('dev', {})))
  expect(environmentOf('dev', {})).toMatchObject(ENVIRONMENT)
})

test('a stack without variables that came later is read', () => {
  const {
    PERMISSIONS_BOUNDARY,
    LOG_RETENTION_DAYS,
    DEPLOYMENT_BUCKET,
    ACCOUNT_TELEMETRY,
    HUB_BUS_ARN,
    READER_PRINCIPAL,
    ...older
  } = ENVIRONMENT
  expect(settingsProblems(older, String)).toEqual([])
})

test('version control keeps the settings', () => {
  expect(textOf('.gitignore')).not.toMatch(/settings|\.yml/)
})

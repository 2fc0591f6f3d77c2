import { expect, test } from 'vitest'
import { HELP, readOptions } from '../../acceptance/options.ts'
import { cleanCommand } from '../../acceptance/plan.ts'

const ASKED = ['--profile', 'trial', '--account', '111122223333']

test('a run is of a profile and an account', () => {
  const options = { profile: 'trial', account: '111122223333', region: undefined, yes: false, clean: false }
  expect(readOptions(ASKED)).toEqual(options)
  expect(readOptions([...ASKED, '--clean', '--yes'])).toEqual({ ...options, clean: true, yes: true })
})

test.each([
  [
    'no profile',
    ['--account', '111122223333'],
    /^no --profile was given, and nothing was made: type `npm run acceptance/,
  ],
  ['an empty profile', ['--profile', '', '--account', '111122223333'], /^no --profile/],
  ['no account', ['--profile', 'trial'], /^no --account was given, and nothing was made: type `npm run acceptance/],
  ['no account to clean', ['--profile', 'trial', '--clean'], /^no --account/],
  ['an alias for the account', ['--profile', 'trial', '--account', 'sandbox'], /expected 12 digits/],
  ['a misspelt option', [...ASKED, '--yess'], /'--yess'.*type `npm run acceptance/s],
  ['a word too many', [...ASKED, 'clean'], /'clean'.*type `npm run acceptance/s],
])('refuses %s, and says what to type', (_, words, message) => {
  expect(() => readOptions(words)).toThrow(message)
})

test.each(['--help', '-h'])('%s shows all options', (word) => {
  expect(readOptions([word])).toBe('help')
  for (const option of ['--profile', '--account', '--region', '--yes', '--clean']) expect(HELP).toContain(option)
})

test('the command that deletes what is left can be typed, whatever the profile is called', () => {
  expect(cleanCommand({ profile: "jane's sandbox", account: '111122223333', region: undefined })).toBe(
    "`npm run acceptance -- --profile 'jane'\\''s sandbox' --account 111122223333 --clean`",
  )
})

test('the command that deletes what is left means the same account', () => {
  expect(cleanCommand({ profile: 'trial', account: '111122223333', region: 'us-gov-west-1' })).toBe(
    '`npm run acceptance -- --profile trial --account 111122223333 --region us-gov-west-1 --clean`',
  )
})

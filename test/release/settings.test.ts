import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ENVIRONMENT } from '../../fake-aws/environment.ts'
import { type NamedSetting, releasedSettings } from '../../release/settings.ts'
import { readConfig } from '../../src/config/read-config.ts'

// CloudFormation has to refuse what the functions would refuse, since they say so only once they run.

/** What the functions take and the template does not, by intent; all else is the same. */
const STRICTER: Readonly<Record<string, (value: string) => boolean>> = {
  parameterName: (value) => !value.startsWith('/'),
  tagKey: (value) => /[^ -~]/.test(value),
  tagValue: (value) => /[^ -~]/.test(value),
  audiences: hasOddSeparators,
  exclusions: hasOddSeparators,
  maxChanges: (value) => /^0\d/.test(value),
}
/** The functions do not read them: the first is of the rule that starts the sweep, the second of the logger. */
const UNREAD = ['schedule', 'logLevel']

function hasOddSeparators(value: string): boolean {
  return /[^ -~]/.test(value) || (value !== '' && value.split(',').some((item) => item.trim() === ''))
}

const SETTINGS = releasedSettings().filter(({ name }) => !UNREAD.includes(name))

function isTaken({ limits }: NamedSetting, value: string): boolean {
  return 'AllowedValues' in limits
    ? limits.AllowedValues.includes(value)
    : new RegExp(limits.AllowedPattern).test(value)
}

function isRead({ variable }: NamedSetting, value: string): boolean {
  try {
    readConfig({ ...ENVIRONMENT, [variable]: value })
    return true
  } catch {
    return false
  }
}

/** Values that are nearly right: pieces of right ones, and what separates, ends or spoils them. */
const PIECES: readonly string[] = [
  ...['/', '//', '/aws', '/SSM', 'aws:', 'AWS:', 'okta', 'x', 'X.y-z_1', '/a', '/b1', 'role/', 'arn:aws:iam::1:role/x'],
  ...[
    'https://',
    'http://',
    'https://a.example/saml',
    '*',
    '?',
    '$',
    '{x}',
    '\\',
    '"',
    "'",
    ' ',
    '  ',
    ',',
    ',,',
    '\t',
    '\n',
  ],
  ...['=', '+', '@', ':', '.', '-', '_', '~', '^', '!', '#', '&', '(', '{', '|', 'ä', '\u00a0', '日', '\u{1f600}'],
  ...['0', '1', '50', '499', '5000', '5001', '1.5', '1e3', 'true', 'false', 'TRUE', 'keep', 'revoke', '*Admin*'],
  ...['x'.repeat(64), 'x'.repeat(128), '/break-glass/*', '*/BreakGlass'],
]
const nearlyRight = fc.array(fc.constantFrom(...PIECES), { maxLength: 6 }).map((pieces) => pieces.join(''))

describe.each(SETTINGS)('$parameter', (setting) => {
  test('takes what the functions take, and nothing that they refuse', () => {
    const seen = { taken: 0, refused: 0 }
    fc.assert(
      fc.property(fc.oneof(nearlyRight, fc.constantFrom(...PIECES), fc.string()), (value) => {
        const taken = isTaken(setting, value)
        seen[taken ? 'taken' : 'refused'] += 1
        if (STRICTER[setting.name]?.(value)) expect(taken && !isRead(setting, value)).toBe(false)
        else expect(taken).toBe(isRead(setting, value))
      }),
      { numRuns: 5_000 },
    )
    expect(seen.taken).toBeGreaterThan(20)
    expect(seen.refused).toBeGreaterThan(20)
  })

  test('takes its default, and what the template is packaged with', () => {
    expect(isTaken(setting, setting.defaultValue)).toBe(true)
    expect(isTaken(setting, setting.packagedWith)).toBe(true)
  })
})

describe('Schedule', () => {
  const schedule = releasedSettings().find(({ name }) => name === 'schedule') ?? expect.fail('there is no schedule')

  test.each([
    'rate(1 minute)',
    'rate(2 minutes)',
    'rate(1440 minutes)',
    'rate(24 hours)',
    'rate(1 day)',
    'cron(0/30 * * * ? *)',
  ])('may be %s', (value) => expect(isTaken(schedule, value)).toBe(true))

  test.each([
    'rate(1 hours)',
    'rate(0 minutes)',
    'rate(2 hour)',
    'rate(1441 minutes)',
    'rate(25 hours)',
    'rate(2 days)',
    'hourly',
    '',
  ])('is not %s, which EventBridge refuses or which comes less than daily', (value) =>
    expect(isTaken(schedule, value)).toBe(false),
  )

  test.each(['cron(0 8 ? * MON-FRI *)', 'cron(0 8 1 * ? *)', 'cron(0 8 * * * *)'])(
    'is not %s, which does not come every day',
    (value) => expect(isTaken(schedule, value)).toBe(false),
  )
})

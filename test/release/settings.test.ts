import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALL_PARAMETERS } from '../../cli/stack-settings.ts'
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
  sessionDuration: (value) => /^0\d/.test(value),
  deploymentBucket: (value) => value === '',
}

function hasOddSeparators(value: string): boolean {
  return /[^ -~]/.test(value) || (value !== '' && value.split(',').some((item) => item.trim() === ''))
}

const SETTINGS = releasedSettings()

function isTaken({ declaration }: NamedSetting, value: string): boolean {
  return 'AllowedValues' in declaration
    ? declaration.AllowedValues.includes(value)
    : new RegExp(declaration.AllowedPattern).test(value)
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
  ...[
    'DEBUG',
    'INFO',
    'enforce',
    'report',
    '900',
    '4320',
    '0900',
    '90',
    '3653',
    '7',
    'rate(',
    ')',
    'cron(',
    '1 hour',
    ' hours',
    '2 minutes',
    ' * * ? *',
    'rate(1 day)',
    'cron(0 * * * ? *)',
    'arn:aws:iam::111122223333:policy/',
    'arn:aws-cn:iam::aws:policy/x',
    'bucket',
    'a.b-c',
    'xn--',
    '-s3alias',
    '1.2.3.4',
    'x'.repeat(64),
    'x'.repeat(128),
    '/break-glass/*',
    '*/BreakGlass',
  ],
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
    const { Default = setting.packagedWith } = setting.declaration
    expect(isTaken(setting, Default)).toBe(true)
    expect(isTaken(setting, setting.packagedWith)).toBe(true)
  })
})

test('a setting that serverless.yml gains or loses ends the release, by its name', () => {
  const gained = {
    name: 'quota',
    option: 'quota',
    parameter: 'Quota',
    variable: 'QUOTA',
    meaning: '',
    defaultValue: '',
  }
  expect(() => releasedSettings([...ALL_PARAMETERS, gained])).toThrow('has the setting quota: add it')
  expect(() => releasedSettings(ALL_PARAMETERS.slice(1))).toThrow('has no setting parameterName: remove it')
})

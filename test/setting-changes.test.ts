import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { readConfig } from '../src/config/read-config.ts'
import { changedSettings, refusalsOf } from '../src/config/setting-changes.ts'

const DEFAULTS = {
  parameterName: '/okta/saml-provider-arn',
  tagKey: 'okta-sso',
  tagValue: 'true',
  audiences: '',
  sessionTags: 'false',
  sourceIdentity: 'false',
  exclusions: '',
  schedule: 'rate(1 hour)',
  maxChanges: '50',
  onUntag: 'keep',
  logLevel: 'INFO',
  permissionsBoundary: '',
  tags: '',
  logRetentionDays: '90',
  deploymentBucket: '',
  accountTelemetry: 'true',
  hubBusArn: '',
  readerPrincipal: '',
  mode: 'enforce',
  sid: 'OktaSso',
  sessionDuration: '',
}
type Settings = Readonly<Partial<typeof DEFAULTS>>

const AUDIENCE = 'https://signin.aws.amazon.com/saml'
const OTHER = 'https://us-east-1.signin.aws.amazon.com/saml'
const BOUNDARY = 'arn:aws:iam::111122223333:policy/boundary'
const READER = 'arn:aws:iam::999988887777:role/auditor'
const HUB = 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'

const changesOf = (from: Settings, to: Settings, partition = 'aws') =>
  changedSettings([{ functionName: 'sweep', from, to }], DEFAULTS, partition)
const textsOf = (from: Settings, to: Settings) => changesOf(from, to).map(({ text }) => text)

describe('a deployment that says the same in other words changes nothing', () => {
  test.each<[string, Settings, Settings]>([
    ['the same', { exclusions: '/a/*' }, { exclusions: '/a/*' }],
    ['a default that an older stack lacks', {}, DEFAULTS],
    ['a default that is no longer named', DEFAULTS, {}],
    ['another order', { exclusions: '/a/*,/b/*' }, { exclusions: '/b/*,/a/*' }],
    ['spaces, repeats and empty items', { exclusions: '/a/*,/b/*' }, { exclusions: ' /b/* , /a/*,,/b/*, ' }],
    ['audiences in another order', { audiences: `${AUDIENCE},${OTHER}` }, { audiences: `${OTHER}, ${AUDIENCE}` }],
    ['the audience that applies anyway', {}, { audiences: AUDIENCE }],
    ['tags in another order', { tags: 'a=1,b=2' }, { tags: 'b=2, a=1' }],
    ['the tag in other letters', {}, { tagKey: 'Okta-SSO', tagValue: 'TRUE' }],
    ['a number with zeros', { maxChanges: '7' }, { maxChanges: '007' }],
  ])('%s', (_, from, to) => {
    expect(changesOf(from, to)).toEqual([])
    expect(changesOf(to, from)).toEqual([])
  })
})

/** A setting, and a part of the text of its change. */
const WEAKER: readonly (readonly [string, Settings, Settings, string])[] = [
  ['exclusions', { exclusions: '/a/*,/b/*' }, { exclusions: '/b/*' }, 'exclusions: /a/*,/b/* → /b/*'],
  ['exclusions', { exclusions: '/a/*' }, {}, 'exclusions: /a/* → (empty)'],
  ['exclusions', { exclusions: '/a/*' }, { exclusions: '/A/*' }, 'exclusions: /a/* → /A/*'],
  ['exclusions', { exclusions: '/a/b' }, { exclusions: '/a/*' }, 'exclusions: /a/b → /a/*'],
  ['maxChanges', { maxChanges: '0' }, {}, 'maxChanges: 0 → 50'],
  ['maxChanges', { maxChanges: '9' }, { maxChanges: '10' }, 'maxChanges: 9 → 10'],
  ['maxChanges', { maxChanges: 'ten' }, { maxChanges: '10' }, 'maxChanges: ten → 10'],
  ['maxChanges', { maxChanges: '' }, { maxChanges: '0' }, 'maxChanges: (empty) → 0'],
  ['mode', { mode: 'report' }, {}, 'mode: report → enforce'],
  ['onUntag', {}, { onUntag: 'revoke' }, 'onUntag: keep → revoke'],
  ['audiences', {}, { audiences: OTHER }, `audiences: (empty) → ${OTHER}`],
  ['audiences', { audiences: OTHER }, {}, `audiences: ${OTHER} → (empty)`],
  ['audiences', { audiences: AUDIENCE }, { audiences: `${AUDIENCE},${OTHER}` }, AUDIENCE],
  ['audiences', { audiences: AUDIENCE }, { audiences: `${AUDIENCE}/acs/A` }, AUDIENCE],
  ['sessionTags', {}, { sessionTags: 'true' }, 'sessionTags: false → true'],
  ['sourceIdentity', {}, { sourceIdentity: 'true' }, 'sourceIdentity: false → true'],
  ['tagKey', {}, { tagKey: 'okta' }, 'tagKey: okta-sso → okta'],
  // U+212A, which toLowerCase would make a k
  ['tagKey', {}, { tagKey: 'o\u212ata-sso' }, 'tagKey: okta-sso → o\u212ata-sso'],
  ['tagValue', {}, { tagValue: 'yes' }, 'tagValue: true → yes'],
  ['parameterName', {}, { parameterName: '/okta/SAML-provider-arn' }, '→ /okta/SAML-provider-arn'],
  ['sid', {}, { sid: 'oktasso' }, 'sid: OktaSso → oktasso'],
  ['permissionsBoundary', { permissionsBoundary: BOUNDARY }, {}, `permissionsBoundary: ${BOUNDARY} → (empty)`],
  ['permissionsBoundary', { permissionsBoundary: BOUNDARY }, { permissionsBoundary: `${BOUNDARY},2` }, ',2'],
  ['accountTelemetry', {}, { accountTelemetry: 'false' }, 'accountTelemetry: true → false'],
  ['hubBusArn', {}, { hubBusArn: HUB }, `hubBusArn: (empty) → ${HUB}`],
  ['hubBusArn', { hubBusArn: HUB }, {}, `hubBusArn: ${HUB} → (empty)`],
  ['hubBusArn', { hubBusArn: HUB }, { hubBusArn: `${HUB}-2` }, `→ ${HUB}-2`],
  ['readerPrincipal', {}, { readerPrincipal: READER }, `readerPrincipal: (empty) → ${READER}`],
  ['readerPrincipal', { readerPrincipal: `${READER}-2` }, { readerPrincipal: READER }, `→ ${READER}`],
]
describe('weakens a protection', () => {
  test.each(WEAKER)('%s: %o to %o', (setting, from, to, text) => {
    const [change, ...others] = changesOf(from, to)
    expect(others).toEqual([])
    expect(change).toMatchObject({ setting, text: expect.stringContaining(text), weakening: expect.any(String) })
  })
})

const NOT_WEAKER: readonly (readonly [Settings, Settings, string])[] = [
  [{ exclusions: '/a/*' }, { exclusions: '/b/*,/a/*' }, 'exclusions: /a/* → /b/*,/a/*'],
  [{}, { maxChanges: '0' }, 'maxChanges: 50 → 0'],
  [{}, { mode: 'report' }, 'mode: enforce → report'],
  [{ onUntag: 'revoke' }, {}, 'onUntag: revoke → keep'],
  [{ audiences: `${AUDIENCE},${OTHER}` }, {}, `audiences: ${AUDIENCE},${OTHER} → (empty)`],
  [{ sessionTags: 'true' }, {}, 'sessionTags: true → false'],
  [{ sourceIdentity: 'true' }, {}, 'sourceIdentity: true → false'],
  [{}, { permissionsBoundary: BOUNDARY }, `permissionsBoundary: (empty) → ${BOUNDARY}`],
  [{ accountTelemetry: 'false' }, {}, 'accountTelemetry: false → true'],
  [{}, { schedule: 'rate(2 hours)' }, 'schedule: rate(1 hour) → rate(2 hours)'],
  [{}, { tags: 'team=sso' }, 'tags: (empty) → team=sso'],
  [{ tags: 'team=sso' }, { tags: 'team=SSO' }, 'tags: team=sso → team=SSO'],
  [{}, { logRetentionDays: '7' }, 'logRetentionDays: 90 → 7'],
  [{}, { logLevel: 'DEBUG' }, 'logLevel: INFO → DEBUG'],
  [{}, { deploymentBucket: 'artefacts' }, 'deploymentBucket: (empty) → artefacts'],
  [{ readerPrincipal: READER }, {}, `readerPrincipal: ${READER} → (empty)`],
  [{ sessionDuration: '3600' }, {}, 'sessionDuration: 3600 → (empty)'],
]
describe('changes, and weakens nothing', () => {
  test.each(NOT_WEAKER)('%o to %o', (from, to, text) => {
    expect(changesOf(from, to)).toMatchObject([{ text, weakening: undefined }])
  })
})

test('every parameter of the stack is judged here, with the default that it has', () => {
  const { params } = z.parse(
    z.object({ params: z.object({ default: z.record(z.string(), z.string()) }) }),
    parse(readFileSync('serverless.yml', 'utf8'), { logLevel: 'error' }),
  )
  expect(DEFAULTS).toMatchObject(params.default)
  const judged = [...WEAKER.map(([setting]) => setting), ...NOT_WEAKER.map(([, , text]) => text.split(':')[0])]
  expect(new Set(judged)).toEqual(new Set(Object.keys(DEFAULTS)))
})

test('the documents list what weakens a protection', () => {
  const [, section = ''] = readFileSync('docs/deploying.md', 'utf8').split('\n## What a deployment changes\n')
  const rows = (section.split('\n## ')[0] ?? '').match(/^\| `[^|]+\|/gm) ?? []
  const listed = rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, setting]) => setting))
  expect(listed.toSorted()).toEqual([...new Set(WEAKER.map(([setting]) => setting))].toSorted())
})

test('the audience that no configuration names is that of the partition', () => {
  const chinese = 'https://signin.amazonaws.cn/saml'
  expect(changesOf({}, { audiences: chinese }, 'aws-cn')).toEqual([])
  expect(changesOf({}, { audiences: chinese }, 'aws')).toMatchObject([{ weakening: expect.any(String) }])
  // No document says which it is there: the functions could not run without one.
  expect(changesOf({}, { audiences: OTHER }, 'aws-eusc')).toMatchObject([{ weakening: expect.any(String) }])
})

test('a long list shows what goes and what comes', () => {
  const stays = Array.from({ length: 20 }, (_, index) => `/team-${index}/*`).join(',')
  expect(textsOf({ exclusions: `/old/*,${stays}` }, { exclusions: `${stays},/new/*` })).toEqual([
    'exclusions: - /old/*, + /new/*',
  ])
})

test('what was edited by hand stays on one line, and shows what it holds', () => {
  const edited = changesOf({ exclusions: '/a/*\nmode: report', permissionsBoundary: '\u001b[8m' }, {})
  expect(textsOf({ exclusions: '/a/*\nmode: report' }, {})).toEqual(['exclusions: /a/*\\u000amode: report → (empty)'])
  expect(refusalsOf(edited, []).join('')).not.toMatch(/\p{Cc}/u)
})

test('a function that was edited by hand is compared too, and named', () => {
  const to = { maxChanges: '50' }
  const functions = [
    { functionName: 'backfill', from: { maxChanges: '50' }, to },
    { functionName: 'sweep', from: { maxChanges: '0' }, to },
  ]
  expect(changedSettings(functions, DEFAULTS, 'aws')).toMatchObject([
    { text: 'maxChanges: 0 → 50 (in sweep)', weakening: expect.any(String) },
  ])
})

describe('a deployment is refused, in one line each,', () => {
  const weaker = changesOf({ exclusions: '/a/*', maxChanges: '0' }, {})

  test('that weakens what is not named, with what to add', () => {
    expect(refusalsOf(weaker, [])).toEqual([
      'exclusions: /a/* → (empty): roles that only /a/* protected come into reach. If this is meant, add --allow exclusions,maxChanges',
      'maxChanges: 0 → 50: a sweep may change more roles unattended. If this is meant, add --allow exclusions,maxChanges',
    ])
    expect(refusalsOf(weaker, ['exclusions'])).toEqual([
      'maxChanges: 0 → 50: a sweep may change more roles unattended. If this is meant, give --allow exclusions,maxChanges',
    ])
    expect(refusalsOf(weaker, ['maxChanges', 'exclusions', 'exclusions'])).toEqual([])
  })

  test('that names what does not change, what weakens nothing, and what is no setting', () => {
    expect(refusalsOf([], ['sid'])).toEqual(['--allow sid: sid does not change: leave out --allow'])
    expect(refusalsOf(changesOf({}, { maxChanges: '0' }), ['maxChanges'])).toEqual([
      '--allow maxChanges: maxChanges: 50 → 0 weakens nothing: leave out --allow',
    ])
    expect(refusalsOf(weaker, ['exclusions', 'maxChanges', 'sid'])).toEqual([
      '--allow sid: sid does not change: give --allow exclusions,maxChanges instead',
    ])
    for (const name of ['maxchanges', 'schedule', 'quota', '', 'toString']) {
      expect(refusalsOf([], [name])).toEqual([
        expect.stringMatching(/^--allow .*: expected one of exclusions, maxChanges, .*: leave out --allow$/),
      ])
    }
  })
})

describe('a deployment that passes without --allow', () => {
  const list = (...items: readonly string[]) => fc.subarray([...items]).map((some) => some.join(','))
  const settings = fc.record({
    parameterName: fc.constantFrom('/okta/a', '/okta/A'),
    tagKey: fc.constantFrom('okta-sso', 'Okta-Sso', 'sso'),
    tagValue: fc.constantFrom('true', 'TRUE', 'yes'),
    audiences: list(AUDIENCE, OTHER),
    sessionTags: fc.constantFrom('true', 'false'),
    sourceIdentity: fc.constantFrom('true', 'false'),
    exclusions: list('/a/*', '/A/*', '*x', ' /a/*'),
    maxChanges: fc.constantFrom('0', '00', '7', '50', '100'),
    onUntag: fc.constantFrom('keep', 'revoke'),
  })
  const configOf = (given: Settings) => {
    const named = Object.entries(given).map(([name, value]) => [name.replace(/[A-Z]/g, '_$&').toUpperCase(), value])
    const config = readConfig({ ...ENVIRONMENT, ...Object.fromEntries(named) })
    return { ...config, audiences: config.audiences.length > 0 ? config.audiences : [AUDIENCE] }
  }

  test('never lets more be done than before, to more roles, or for more providers', () => {
    fc.assert(
      fc.property(settings, settings, (from, to) => {
        fc.pre(refusalsOf(changesOf(from, to), []).length === 0)
        const [before, after] = [configOf(from), configOf(to)]
        expect(after.exclusions).toEqual(expect.arrayContaining([...before.exclusions]))
        expect(before.actions).toEqual(expect.arrayContaining([...after.actions]))
        expect(before.audiences).toEqual(expect.arrayContaining([...after.audiences]))
        expect(after.maxChanges).toBeLessThanOrEqual(before.maxChanges)
        expect(after.parameterName).toBe(before.parameterName)
        expect(after.tag.key.toLowerCase()).toBe(before.tag.key.toLowerCase())
        expect(after.tag.value.toLowerCase()).toBe(before.tag.value.toLowerCase())
        expect([before.onUntag, 'keep']).toContain(after.onUntag)
      }),
      // Most pairs weaken something.
      { numRuns: 200, maxSkipsPerRun: 1000 },
    )
  })

  test('is any that changes nothing', () => {
    fc.assert(
      fc.property(settings, (same) => {
        expect(refusalsOf(changesOf(same, same), [])).toEqual([])
      }),
    )
  })
})

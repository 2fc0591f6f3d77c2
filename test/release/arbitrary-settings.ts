import fc from 'fast-check'

const text = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength })
const LETTERS = 'abcXYZ019'
const TAG_TEXT = `${LETTERS} _.:/=+-@`
const listOf = (item: fc.Arbitrary<string>) =>
  fc.array(item, { maxLength: 4 }).chain((items) => fc.constantFrom(items.join(','), items.join(' , ')))

/** osls takes the spaces around a value away. */
const trimmed = (value: fc.Arbitrary<string>) => value.map((characters) => `k${characters}`.trim())

/** Values of all settings, each such that serverless.yml and the released template take it. */
export const arbitrarySettings = fc.record({
  parameterName: fc
    .array(text(`${LETTERS}_.-`, 9), { minLength: 1, maxLength: 5 })
    .map((levels) => `/x${levels.join('/')}`),
  tagKey: trimmed(text(TAG_TEXT, 20)),
  tagValue: trimmed(text(TAG_TEXT, 20)),
  audiences: listOf(text(`${LETTERS}!"#%&'()+-./:;<=>@[\\]^_\`{|}~`, 20).map((rest) => `https://${rest}`)),
  sessionTags: fc.constantFrom('true', 'false'),
  sourceIdentity: fc.constantFrom('true', 'false'),
  exclusions: listOf(fc.constantFrom('/break-glass/*', '*Admin*', '/a/b\\"\'#/c', '?x@y', '/{a}/*', '*')),
  schedule: fc.constantFrom('rate(1 hour)', 'rate(1440 minutes)', 'rate(24 hours)', 'cron(0/15 1,3 * * ? *)'),
  maxChanges: fc.integer({ min: 0, max: 5000 }).map(String),
  onUntag: fc.constantFrom('keep', 'revoke'),
  logLevel: fc.constantFrom('DEBUG', 'INFO'),
})

export const arbitraryStage = text('abcXYZ019-', 30).map((stage) => stage.replace(/^-/, 's'))

export const arbitraryRegion = fc.constantFrom('us-east-1', 'us-gov-west-1', 'cn-north-1')

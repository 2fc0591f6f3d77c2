import fc from 'fast-check'

const text = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength })
const LETTERS = 'abcXYZ019'
const TAG_TEXT = `${LETTERS} _.:/=+-@`
const listOf = (item: fc.Arbitrary<string>) =>
  fc.array(item, { maxLength: 4 }).chain((items) => fc.constantFrom(items.join(','), items.join(' , ')))

/** Values of all settings, each such that serverless.yml and the released template take it. */
export const arbitrarySettings = fc.record({
  parameterName: fc
    .array(text(`${LETTERS}_.-`, 9), { minLength: 1, maxLength: 5 })
    .map((levels) => `/x${levels.join('/')}`),
  tagKey: text(TAG_TEXT, 20).map((key) => `k${key}`),
  tagValue: text(TAG_TEXT, 20),
  audiences: listOf(text(`${LETTERS}!"#%&'()+-./:;<=>@[\\]^_\`{|}~`, 20).map((rest) => `https://${rest}`)),
  sessionTags: fc.constantFrom('true', 'false'),
  sourceIdentity: fc.constantFrom('true', 'false'),
  sessionDuration: fc.constantFrom('', '900', '43200'),
  exclusions: listOf(fc.constantFrom('/break-glass/*', '*Admin*', '/a/b\\"\'#/c', '?x@y', '/{a}/*', '*')),
  schedule: fc.constantFrom('rate(1 hour)', 'rate(1440 minutes)', 'rate(24 hours)', 'cron(0/15 1,3 * * ? *)'),
  maxChanges: fc.integer({ min: 0, max: 5000 }).map(String),
  onUntag: fc.constantFrom('keep', 'revoke'),
  sid: text('abcXYZ019', 31).map((sid) => `${sid}x`),
  mode: fc.constantFrom('enforce', 'report'),
  logLevel: fc.constantFrom('DEBUG', 'INFO'),
  permissionsBoundary: fc.constantFrom(
    '',
    'arn:aws:iam::111122223333:policy/team/boundary',
    'arn:aws:iam::aws:policy/x',
  ),
  tags: fc.constantFrom('', 'team=identity,cost-center=42'),
  logRetentionDays: fc.constantFrom('1', '90', '3653'),
  deploymentBucket: fc.constantFrom('bundles', 'bundles.of.acme-1'),
  accountTelemetry: fc.constantFrom('true', 'false'),
  readerPrincipal: fc.constantFrom('', 'arn:aws:iam::999988887777:root', 'arn:aws:iam::999988887777:role/x/a,b@c'),
  hubBusArn: fc.constantFrom('', 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'),
})

export const arbitraryStage = text('abcXYZ019-', 30).map((stage) => stage.replace(/^-/, 's'))

export const arbitraryRegion = fc.constantFrom('us-east-1', 'us-gov-west-1', 'cn-north-1')

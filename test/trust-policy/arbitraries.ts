import fc from 'fast-check'

export const OKTA = 'arn:aws:iam::111122223333:saml-provider/Okta'
export const OLD_OKTA = 'arn:aws:iam::111122223333:saml-provider/Okta-2023'
const AUDIENCE = 'https://signin.aws.amazon.com/saml'
const ENTRA = 'arn:aws:iam::111122223333:saml-provider/Entra'
const REGIONAL = 'https://eu-west-1.signin.aws.amazon.com/saml'
const ACTIONS = ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity']

/** One value, or a list of up to three: IAM accepts both forms. */
function oneOrMany<Value>(value: fc.Arbitrary<Value>) {
  return fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))
}

const federated = oneOrMany(fc.constantFrom(OKTA, OLD_OKTA, ENTRA, 'cognito-identity.amazonaws.com'))
const principal = fc.oneof(
  { weight: 6, arbitrary: fc.record({ Federated: federated }) },
  {
    weight: 2,
    arbitrary: fc.record({ Service: oneOrMany(fc.constantFrom('ec2.amazonaws.com', 'lambda.amazonaws.com')) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ AWS: oneOrMany(fc.constantFrom('arn:aws:iam::111122223333:root', '444455556666', '*')) }),
  },
  { weight: 1, arbitrary: fc.record({ AWS: oneOrMany(fc.constantFrom('AROAJQABLZS4A3QDU576Q', 'AIDAEXAMPLE')) }) },
  { weight: 1, arbitrary: fc.constant('*') },
)
const action = oneOrMany(
  fc.constantFrom(
    ...ACTIONS,
    'STS:assumerolewithsaml',
    'sts:AssumeRole',
    'sts:AssumeRole*',
    'sts:*',
    '*',
    'sts:TagSessio?',
  ),
)
const operator = fc
  .tuple(
    fc.constantFrom('', '', '', 'ForAnyValue:', 'ForAllValues:'),
    fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLike',
      'StringEqualsIgnoreCase',
      'Null',
      'ArnLike',
    ),
    fc.constantFrom('', '', 'IfExists'),
  )
  .map((parts) => parts.join(''))
const audience = oneOrMany(fc.constantFrom(AUDIENCE, REGIONAL, 'https://*', 'true', 'false', AUDIENCE.toUpperCase()))
const condition = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(operator, fc.constantFrom('SAML:aud', 'saml:aud'), audience)
      .map(([name, key, value]) => ({ [name]: { [key]: value } })),
  },
  { weight: 2, arbitrary: fc.constant({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }) },
  { weight: 1, arbitrary: fc.constant({ StringEquals: { 'SAML:aud': AUDIENCE, 'saml:sub': 'someone' } }) },
)
const sid = fc.constantFrom('', 'OktaSso', 'OktaSso2', 'OktaSso7', 'Okta', 'First')

const foreignLike = fc.record(
  {
    Sid: sid,
    Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    Principal: principal,
    Action: action,
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
)
const managedLike = fc.record(
  {
    Sid: fc.constantFrom('OktaSso', 'OktaSso2'),
    Effect: fc.constant('Allow'),
    Principal: fc.record({ Federated: oneOrMany(fc.constantFrom(OKTA, OLD_OKTA, ENTRA)) }),
    Action: oneOrMany(fc.constantFrom(...ACTIONS)),
    Condition: fc.record({ StringEquals: fc.record({ 'SAML:aud': oneOrMany(fc.constantFrom(AUDIENCE, REGIONAL)) }) }),
  },
  { requiredKeys: ['Sid', 'Effect', 'Principal', 'Action'] },
)
/** Old and broken ones too: IAM never took them, or would not today. */
const odd = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Deny', 'allow'),
    NotPrincipal: principal,
    Principal: fc.oneof(principal, fc.jsonValue()),
    NotAction: fc.oneof(action, fc.jsonValue()),
    Action: fc.oneof(action, fc.jsonValue()),
    Condition: fc.oneof(condition, fc.jsonValue()),
    Resource: fc.constant('*'),
    Ünknown: fc.jsonValue(),
  },
  { requiredKeys: ['Effect'] },
)

const statement = fc.oneof(
  { weight: 6, arbitrary: foreignLike },
  { weight: 3, arbitrary: managedLike },
  { weight: 1, arbitrary: odd },
)

/** Trust policies of every kind that the rules speak of, as JSON text. */
export const trustPolicy = fc
  .record(
    {
      Version: fc.constantFrom('2012-10-17', '2008-10-17'),
      Id: fc.string(),
      Statement: fc.oneof(statement, fc.array(statement, { maxLength: 4 })),
    },
    { requiredKeys: ['Statement'] },
  )
  .map((document) => JSON.stringify(document))

export const wantedAccess = fc.record({
  providers: fc.constantFrom([OKTA], [OKTA, ENTRA]),
  audiences: fc.constantFrom([AUDIENCE], [AUDIENCE, REGIONAL]),
  actions: fc.constantFrom(ACTIONS.slice(0, 1), ACTIONS.slice(0, 2), ACTIONS),
})

import fc from 'fast-check'
import { AUDIENCE, OWN_PAGE, oneOrMany, REGIONAL, weighted } from './names.ts'

const AUDIENCES = [AUDIENCE, REGIONAL, OWN_PAGE]

const audience = fc.oneof(
  weighted(8, fc.constantFrom(AUDIENCE, AUDIENCE, AUDIENCE, REGIONAL, OWN_PAGE)),
  weighted(2, fc.constantFrom('https://*', '*/saml*', 'https://signin.aws.amazon.com/sam?', '*')),
  weighted(1, fc.mixedCase(fc.constantFrom(...AUDIENCES))),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's policy variables look so.
  weighted(1, fc.constantFrom('', 'https://x.example', '${saml:sub}', 'https://${*}', '${aws:username', 'ünicode/😀')),
)

/** Mostly one or several, and at times none: IAM takes an empty list. */
function values<Value>(value: fc.Arbitrary<Value>) {
  return fc.oneof(weighted(15, oneOrMany(value)), weighted(1, fc.constant([])))
}

const audienceKey = fc.oneof(
  weighted(4, fc.constantFrom('SAML:aud', 'saml:aud')),
  fc.mixedCase(fc.constant('saml:aud')),
)

const stringOperator = fc.constantFrom(
  'StringEquals',
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'StringNotEquals',
  'StringNotEqualsIgnoreCase',
  'StringNotLike',
)

/** An operator as it is, or with what IAM lets stand before and behind it, or in another letter case. */
function decorated(operator: fc.Arbitrary<string>) {
  const dressed = fc
    .tuple(fc.constantFrom('', 'ForAnyValue:', 'ForAllValues:'), operator, fc.constantFrom('', 'IfExists'))
    .map((parts) => parts.join(''))
  return fc.oneof(weighted(6, operator), weighted(3, dressed), weighted(1, fc.mixedCase(dressed)))
}

type Term = readonly [operator: string, key: string, value: unknown]

const audienceTerm: fc.Arbitrary<Term> = fc.tuple(decorated(stringOperator), audienceKey, values(audience))
const presence = fc.constantFrom('true', 'false', true, false, 'True', 'never')
const presenceTerm: fc.Arbitrary<Term> = fc.tuple(decorated(fc.constant('Null')), audienceKey, values(presence))

/** Conditions on SAML:aud that IAM's grammar allows and nobody can evaluate by hand. */
const oddAudienceTerm: fc.Arbitrary<Term> = fc.tuple(
  decorated(
    fc.constantFrom('ArnLike', 'Bool', 'IpAddress', 'NumericEquals', 'DateLessThan', 'BinaryEquals', 'Strange'),
  ),
  audienceKey,
  oneOrMany(audience),
)

/** Every other family of operators, with keys that they go with. */
const ownersTerm: fc.Arbitrary<Term> = fc.oneof(
  fc.tuple(
    decorated(stringOperator),
    fc.constantFrom('saml:sub', 'SAML:iss', 'saml:sub_type', 'sts:RoleSessionName', 'aws:RequestTag/team', 'aud', ''),
    oneOrMany(fc.constantFrom('someone', 'persistent', AUDIENCE, '*')),
  ),
  fc.tuple(
    decorated(fc.constantFrom('Bool')),
    fc.constant('aws:SecureTransport'),
    fc.constantFrom('true', 'false', true, false),
  ),
  fc.tuple(
    decorated(fc.constantFrom('IpAddress', 'NotIpAddress')),
    fc.constant('aws:SourceIp'),
    oneOrMany(fc.constantFrom('203.0.113.0/24', '2001:db8::/32')),
  ),
  fc.tuple(
    decorated(fc.constantFrom('DateGreaterThan', 'DateLessThan', 'DateNotEquals')),
    fc.constantFrom('aws:CurrentTime', 'aws:EpochTime'),
    fc.constantFrom('2020-01-01T00:00:00Z', '1577836800'),
  ),
  fc.tuple(decorated(fc.constant('BinaryEquals')), fc.constant('saml:x500UniqueIdentifier'), fc.constant('QmluYXJ5')),
  fc.tuple(fc.constant('Null'), fc.constantFrom('saml:sub', 'sts:SourceIdentity'), presence),
)

/** Conditions on the AWS caller, whom a sign-in by SAML does not have: each of these holds for all of them or for none. */
const callerTerm: fc.Arbitrary<Term> = fc.oneof(
  fc.tuple(
    decorated(stringOperator),
    fc.oneof(
      fc.constantFrom('aws:PrincipalOrgID', 'aws:PrincipalAccount', 'aws:SourceAccount', 'aws:PrincipalServiceName'),
      fc.mixedCase(fc.constant('aws:PrincipalOrgID')),
    ),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's policy variables look so.
    values(fc.constantFrom('o-exampleorgid', '444455556666', '${aws:ResourceOrgID}', '*')),
  ),
  fc.tuple(
    decorated(fc.constantFrom('ArnEquals', 'ArnLike', 'ArnNotLike')),
    fc.constantFrom('aws:PrincipalArn', 'aws:SourceArn'),
    values(fc.constant('arn:aws:iam::*:role/deploy-*')),
  ),
  fc.tuple(
    decorated(fc.constant('Bool')),
    fc.constantFrom('aws:MultiFactorAuthPresent', 'aws:PrincipalIsAWSService'),
    fc.constantFrom('true', 'false', true, false),
  ),
  fc.tuple(
    decorated(fc.constantFrom('NumericLessThan', 'NumericNotEquals')),
    fc.constant('aws:MultiFactorAuthAge'),
    fc.constantFrom(3600, '3600'),
  ),
  fc.tuple(
    decorated(fc.constantFrom('DateGreaterThan', 'DateNotEquals')),
    fc.constant('aws:TokenIssueTime'),
    fc.constant('2020-01-01T00:00:00Z'),
  ),
  fc.tuple(
    decorated(fc.constant('Null')),
    fc.constantFrom('aws:PrincipalOrgID', 'aws:MultiFactorAuthPresent', 'aws:PrincipalArn'),
    presence,
  ),
  // Always true and always false, whatever the key.
  fc.tuple(
    fc.constantFrom('ForAllValues:Null', 'ForAnyValue:Null'),
    fc.constantFrom('saml:sub', 'aws:SourceIp'),
    presence,
  ),
)

/** Several terms as one Condition: keys under the same operator stand together, and of two equal keys the last stays. */
function conditionOf(terms: readonly Term[]) {
  const condition: Record<string, Record<string, unknown>> = {}
  for (const [operator, key, value] of terms) condition[operator] = { ...condition[operator], [key]: value }
  return condition
}

const several = { minLength: 1, maxLength: 3 }

/** Conditions on nothing but SAML:aud, which can be evaluated by hand. */
export const audienceCondition = fc.oneof(
  weighted(
    5,
    oneOrMany(fc.constantFrom(...AUDIENCES)).map((value) => ({ StringEquals: { 'SAML:aud': value } })),
  ),
  weighted(4, fc.array(audienceTerm, several).map(conditionOf)),
  weighted(2, fc.array(fc.oneof(audienceTerm, presenceTerm), several).map(conditionOf)),
)

/** Conditions on more than SAML:aud, or on it in a way that nobody can evaluate by hand. */
export const ownersCondition = fc
  .tuple(fc.array(audienceTerm, { maxLength: 2 }), fc.oneof(weighted(4, ownersTerm), weighted(1, oddAudienceTerm)))
  .map(([terms, term]) => conditionOf([...terms, term]))

/** Conditions on the AWS caller, and on what else there is. */
export const callerCondition = fc
  .tuple(fc.array(fc.oneof(audienceTerm, ownersTerm), { maxLength: 1 }), fc.array(callerTerm, several))
  .map(([terms, others]) => conditionOf([...terms, ...others]))

/** Conditions of every operator that IAM knows. */
export const condition = fc.oneof(
  weighted(6, audienceCondition),
  weighted(2, ownersCondition),
  weighted(1, callerCondition),
  weighted(1, fc.constantFrom({}, { StringEquals: {} }, { StringEquals: { 'SAML:aud': [] } })),
)

/** Conditions that IAM never took. */
export const brokenCondition = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    [],
    { StringEquals: AUDIENCE },
    { StringEquals: [{ 'SAML:aud': AUDIENCE }] },
    { StringEquals: { 'SAML:aud': { value: AUDIENCE } } },
    { StringEquals: { 'SAML:aud': null } },
    { StringEquals: { 'SAML:aud': [AUDIENCE, null] } },
  ),
)

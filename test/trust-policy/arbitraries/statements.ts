import fc from 'fast-check'
import { action, brokenAction, wantedAction } from './actions.ts'
import { audienceCondition, brokenCondition, callerCondition, condition, ownersCondition } from './conditions.ts'
import {
  AUDIENCE,
  ENTRA,
  OKTA,
  OKTA_EU,
  OLD_OKTA,
  OTHER_SIDS,
  OWN_PAGE,
  oneOrMany,
  REGIONAL,
  weighted,
} from './names.ts'
import { brokenPrincipal, deletedPrincipal, federatedPrincipal, principal } from './principals.ts'
import { wantedAccess } from './wanted-access.ts'

/** Mostly one of its own each: the same Sid twice makes IAM refuse the whole document. */
const foreignSid = fc.oneof(
  weighted(6, fc.stringMatching(/^[0-9A-Za-z]{2,12}$/)),
  weighted(2, fc.constantFrom('', 'OktaSsoToo', 'oktasso', 'Long'.repeat(60), ...OTHER_SIDS)),
  weighted(1, fc.constantFrom('OktaSso', 'OktaSso2', 'OktaSso3')),
  // As AWS's own guides show, and worse: IAM has the last word.
  weighted(1, fc.constantFrom('Okta Sso', 'OktaSso-2', 'Ökta', 'OktaSso\n', 'オクタ', '😀')),
)
/** IAM takes text only. */
const brokenSid = fc.oneof(fc.jsonValue(), fc.constantFrom(['OktaSso'], 7, null))

/** Keys that IAM's grammar does not know, among them those that can mean something to JavaScript. */
const unknownKeys = fc.constantFrom(
  { Comment: 'left by a template' },
  { Ünknown: [{ deep: { nested: [1, 'two', null] } }] },
  JSON.parse('{"__proto__": {"Effect": "Allow"}, "constructor": 1, "toString": null}'),
)

/** As the grammar spells it, and at times as people do, which IAM has taken. */
function effect(...names: string[]) {
  const name = fc.constantFrom(...names)
  return fc.oneof(weighted(9, name), weighted(1, fc.mixedCase(name)))
}

/** Whatever one may find in a role: any principal, any action, any condition. */
const anything = fc.record(
  { Sid: foreignSid, Effect: effect('Allow'), Principal: principal, Action: action, Condition: condition },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
)

/** Lets SAML providers in, on the audience alone: what comes next to ours in meaning. */
const signIn = fc.record(
  {
    Sid: foreignSid,
    Effect: effect('Allow'),
    Principal: federatedPrincipal,
    Action: action,
    Condition: audienceCondition,
  },
  { requiredKeys: ['Effect', 'Principal', 'Action', 'Condition'] },
)

const notAction = fc.record(
  {
    Effect: effect('Allow', 'Deny'),
    Principal: principal,
    NotAction: oneOrMany(fc.constantFrom('iam:*', 'sts:AssumeRole', 'sts:Tag*', 'sts:AssumeRoleWithSAML', '*')),
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Principal', 'NotAction'] },
)

/** Gives some wanted access to the full. Which one is a matter of luck, and common ones are more common. */
const fullAccess = fc
  .tuple(foreignSid, wantedAccess, fc.boolean())
  .map(([Sid, { providers, audiences, actions }, isOpen]) => ({
    Sid,
    Effect: 'Allow',
    Principal: { Federated: providers },
    Action: actions,
    ...(isOpen ? {} : { Condition: { StringLike: { 'saml:aud': audiences } } }),
  }))

/** Lets SAML providers in where more than the audience is right. */
const restrictedSignIn = fc.record({
  Sid: foreignSid,
  Effect: fc.constant('Allow'),
  Principal: federatedPrincipal,
  Action: action,
  Condition: ownersCondition,
})

const deny = fc.record(
  {
    Sid: foreignSid,
    Effect: effect('Deny'),
    Principal: principal,
    Action: action,
    Condition: condition,
  },
  { requiredKeys: ['Effect', 'Principal', 'Action'] },
)
/** Stops some sign-ins at most. */
const conditionalDeny = fc.record({
  Sid: foreignSid,
  Effect: effect('Deny'),
  Principal: principal,
  Action: action,
  Condition: ownersCondition,
})

/** As data perimeters have it: denies everybody who is not somebody of AWS's. */
const perimeterDeny = fc.record({
  Sid: foreignSid,
  Effect: effect('Deny'),
  Principal: fc.oneof(fc.constant('*'), federatedPrincipal),
  Action: fc.oneof(action, fc.constantFrom('*', 'sts:AssumeRole*')),
  Condition: callerCondition,
})

const managedSid = fc.constantFrom('OktaSso', 'OktaSso', 'OktaSso2', 'OktaSso7', 'OktaSso02')
const managedAudience = fc.constantFrom(AUDIENCE, AUDIENCE, REGIONAL, OWN_PAGE)

/** Statements of ours, old and new, as IAM may hand them back. */
const managed = fc.oneof(
  fc.record(
    {
      Sid: managedSid,
      Effect: fc.constant('Allow'),
      Principal: fc.record({ Federated: oneOrMany(fc.constantFrom(OKTA, OKTA, OKTA_EU, OLD_OKTA, ENTRA)) }),
      Action: oneOrMany(wantedAction),
      Condition: fc.oneof(
        weighted(6, fc.record({ StringEquals: fc.record({ 'SAML:aud': oneOrMany(managedAudience) }) })),
        weighted(2, fc.record({ StringEquals: fc.record({ 'saml:Aud': oneOrMany(managedAudience) }) })),
        weighted(1, fc.constantFrom<object>({}, { StringEquals: {} }, { StringEquals: { 'SAML:aud': [] } })),
      ),
    },
    { requiredKeys: ['Sid', 'Effect', 'Principal', 'Action'] },
  ),
  fc.tuple(managedSid, wantedAccess).map(([Sid, { providers, audiences, actions }]) => ({
    Condition: { StringEquals: { 'SAML:aud': [...audiences].reverse() } },
    Action: [...actions].reverse(),
    Principal: { Federated: [...providers].reverse() },
    Effect: 'Allow',
    Sid,
  })),
)

/** Exactly as another stack writes its own. */
const managedByAnother = fc
  .tuple(managed, fc.constantFrom(...OTHER_SIDS), fc.constantFrom('', '', '2', '7'))
  .map(([statement, sid, number]) => ({ ...statement, Sid: `${sid}${number}` }))

/** Under our Sid, and in one point of another shape than ours: somebody has made it theirs. */
const nearlyManaged = fc
  .tuple(
    managed,
    fc.oneof(
      unknownKeys,
      fc.record({ Principal: principal }),
      fc.record({ Action: action }),
      fc.record({ Condition: condition }),
      fc.record({ NotAction: action }),
      fc.constantFrom<object>({ Effect: 'Deny' }, { Effect: 'allow' }, { Resource: '*' }, { Principal: '*' }),
    ),
  )
  .map(([statement, change]) => ({ ...statement, ...change }))

/** With one thing wrong that makes IAM refuse the whole document. */
const faulty = fc
  .tuple(
    anything,
    fc.oneof(
      fc.record({ Sid: brokenSid }),
      fc.record({ Effect: fc.oneof(fc.jsonValue(), fc.constantFrom('Permit', ' Deny', 'Allow\n')) }),
      fc.record({ Principal: brokenPrincipal }),
      fc.record({ Action: brokenAction }),
      fc.record({ NotAction: action }),
      fc.record({ Condition: brokenCondition }),
      fc.constantFrom<object>({ Resource: '*' }, { NotResource: [] }),
    ),
  )
  .map(([statement, fault]) => ({ ...statement, ...fault }))

/** Old and broken ones: IAM would not take them today, or never did. */
const odd = fc.oneof(
  faulty,
  faulty,
  fc.tuple(anything, unknownKeys).map(([statement, extra]) => ({ ...statement, ...extra })),
  fc.tuple(anything, deletedPrincipal).map(([statement, Principal]) => ({ ...statement, Principal })),
  fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny'),
      NotPrincipal: fc.oneof(weighted(4, principal), weighted(1, brokenPrincipal)),
      Action: action,
      Condition: condition,
    },
    { requiredKeys: ['Effect', 'NotPrincipal', 'Action'] },
  ),
  fc.record(
    {
      Effect: fc.constant('Deny'),
      Principal: fc.oneof(principal, brokenPrincipal),
      NotPrincipal: fc.oneof(principal, brokenPrincipal),
      Action: fc.oneof(action, brokenAction),
      NotAction: fc.oneof(action, brokenAction),
      Condition: fc.oneof(condition, brokenCondition),
    },
    { requiredKeys: ['Effect'] },
  ),
)

/** Statements that IAM takes, and that stop nobody for sure. */
export const ordinaryStatement = fc.oneof(
  weighted(3, anything),
  weighted(3, signIn),
  weighted(3, fullAccess),
  weighted(2, restrictedSignIn),
  weighted(2, conditionalDeny),
  weighted(3, managed),
  weighted(1, nearlyManaged),
  weighted(1, managedByAnother),
)

export const anyStatement = fc.oneof(
  weighted(6, ordinaryStatement),
  weighted(1, deny),
  weighted(1, perimeterDeny),
  weighted(1, notAction),
  weighted(3, odd),
)

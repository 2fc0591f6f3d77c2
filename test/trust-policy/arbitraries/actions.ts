import fc from 'fast-check'
import { oneOrMany, SET_SOURCE, SIGN_IN, TAG_SESSION, weighted } from './names.ts'

const ours = fc.constantFrom(SIGN_IN, SIGN_IN, SIGN_IN, TAG_SESSION, SET_SOURCE)
const others = fc.constantFrom('sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity', 'sts:Get*', 'iam:PassRole', 'sts:')
const wildcards = fc.constantFrom(
  '*',
  'sts:*',
  'STS:*SAML',
  'sts:AssumeRole*',
  'sts:AssumeRoleWith????',
  'sts:?agSession',
  'sts:Set*Identity*',
  'sts:*a*s*s*u*m*e*',
)

/** One of the three actions that can be wanted, in any letter case. */
export const wantedAction = fc.oneof(weighted(4, ours), weighted(1, fc.mixedCase(ours)))

export const action = fc.oneof(
  weighted(3, fc.constant([SIGN_IN, TAG_SESSION, SET_SOURCE])),
  weighted(8, oneOrMany(fc.oneof(weighted(4, wantedAction), weighted(2, wildcards), weighted(1, others)))),
)

/** Values of Action and NotAction that IAM never took. */
export const brokenAction = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(
    [],
    '',
    '**',
    'AssumeRoleWithSAML',
    's*:AssumeRoleWithSAML',
    ['sts:*', 7],
    [SIGN_IN, null],
    [[SIGN_IN]],
  ),
)

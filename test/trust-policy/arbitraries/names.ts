import fc from 'fast-check'

/** The names that generated trust policies and generated wanted access share, so that they meet often. */

export const ACCOUNT = '111122223333'
export const OTHER_ACCOUNT = '444455556666'
export const OKTA = `arn:aws:iam::${ACCOUNT}:saml-provider/Okta`
export const OKTA_EU = `arn:aws:iam::${ACCOUNT}:saml-provider/Okta.EU-1`
export const OLD_OKTA = `arn:aws:iam::${ACCOUNT}:saml-provider/Okta-2023`
export const ENTRA = `arn:aws:iam::${ACCOUNT}:saml-provider/Entra`
export const STRANGER = `arn:aws:iam::${OTHER_ACCOUNT}:saml-provider/Okta`
export const GITHUB = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`
export const COGNITO = 'cognito-identity.amazonaws.com'

/** Of the stack that plans, and of others beside it: as close to it as a Sid can be. */
export const SID = 'OktaSso'
export const OTHER_SIDS = ['EntraSso', 'OktaSsoB', 'OktaSso2x', 'Okta', 'oktaSso'] as const

export const AUDIENCE = 'https://signin.aws.amazon.com/saml'
export const REGIONAL = 'https://eu-west-1.signin.aws.amazon.com/saml'
export const OWN_PAGE = 'https://sso.example.com/saml?a=(1)+[b]'

export const SIGN_IN = 'sts:AssumeRoleWithSAML'
export const TAG_SESSION = 'sts:TagSession'
export const SET_SOURCE = 'sts:SetSourceIdentity'

/** One value, or a list of up to three: IAM accepts both forms. */
export function oneOrMany<Value>(value: fc.Arbitrary<Value>) {
  return fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }))
}

/** Something that fits, and this often against its neighbours. */
export function weighted<Value>(weight: number, arbitrary: fc.Arbitrary<Value>) {
  return { weight, arbitrary }
}

import fc from 'fast-check'
import { ANONYMOUS, type Request } from '../judge.ts'
import {
  ACCOUNT,
  AUDIENCE,
  COGNITO,
  ENTRA,
  GITHUB,
  OKTA,
  OKTA_EU,
  OLD_OKTA,
  OTHER_ACCOUNT,
  OWN_PAGE,
  REGIONAL,
  SET_SOURCE,
  SIGN_IN,
  STRANGER,
  TAG_SESSION,
} from './names.ts'

function requests(
  principals: readonly string[],
  actions: readonly string[],
  audiences: readonly (string | undefined)[],
): readonly Request[] {
  return principals.flatMap((principal) =>
    actions.flatMap((action) => audiences.map((audience) => ({ principal, action, audience }))),
  )
}

const ROLES_AND_USERS = [
  `arn:aws:iam::${ACCOUNT}:root`,
  `arn:aws:iam::${ACCOUNT}:user/path/Ünna`,
  `arn:aws:iam::${ACCOUNT}:role/deploy`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`,
  `arn:aws:sts::${ACCOUNT}:federated-user/una`,
  `arn:aws:iam::${OTHER_ACCOUNT}:root`,
  `arn:aws:iam::${OTHER_ACCOUNT}:role/deploy`,
]
const SIGN_INS = [SIGN_IN, TAG_SESSION, SET_SOURCE]
const SAML_AUDIENCES = [AUDIENCE, REGIONAL, OWN_PAGE, 'https://other.example/saml', undefined]

/** Everybody who may come to a role, and with what. */
export const REQUESTS: readonly Request[] = [
  ...requests([OKTA, OKTA_EU, OLD_OKTA, ENTRA, STRANGER], SIGN_INS, SAML_AUDIENCES),
  ...requests([OKTA, ENTRA], ['sts:AssumeRole', 'sts:AssumeRoleWithWebIdentity'], [AUDIENCE]),
  ...requests(ROLES_AND_USERS, ['sts:AssumeRole', ...SIGN_INS], [undefined]),
  ...requests(ROLES_AND_USERS.slice(0, 3), SIGN_INS, [AUDIENCE]),
  ...requests(['ec2.amazonaws.com', 'lambda.amazonaws.com'], ['sts:AssumeRole', ...SIGN_INS], [undefined]),
  ...requests([GITHUB, COGNITO, 'accounts.google.com'], ['sts:AssumeRoleWithWebIdentity', TAG_SESSION], [undefined]),
  ...requests([GITHUB, ANONYMOUS], ['sts:AssumeRole', ...SIGN_INS], [undefined, AUDIENCE]),
]

export const request = fc.constantFrom(...REQUESTS)

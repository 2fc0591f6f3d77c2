import fc from 'fast-check'
import {
  ACCOUNT,
  COGNITO,
  ENTRA,
  GITHUB,
  OKTA,
  OKTA_EU,
  OLD_OKTA,
  OTHER_ACCOUNT,
  oneOrMany,
  STRANGER,
  weighted,
} from './names.ts'

const samlProvider = fc.constantFrom(OKTA, OKTA, OKTA, OKTA_EU, OLD_OKTA, ENTRA, STRANGER)
const federated = fc.oneof(
  weighted(8, samlProvider),
  weighted(1, fc.constantFrom(GITHUB, COGNITO, 'accounts.google.com')),
  weighted(1, fc.constantFrom('*', '', OKTA.toLowerCase(), `${OKTA}/`, 'Okta')),
)
const aws = fc.constantFrom(
  '*',
  ACCOUNT,
  `arn:aws:iam::${ACCOUNT}:root`,
  OTHER_ACCOUNT,
  `arn:aws:iam::${OTHER_ACCOUNT}:root`,
  `arn:aws:iam::${ACCOUNT}:user/path/Ünna`,
  `arn:aws:iam::${ACCOUNT}:role/deploy`,
  `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/session`,
  `arn:aws:sts::${ACCOUNT}:federated-user/una`,
)
const service = fc.constantFrom('ec2.amazonaws.com', 'lambda.amazonaws.com', 'ecs-tasks.amazonaws.com')
const deleted = fc.constantFrom('AROAJQABLZS4A3QDU576Q', 'AIDACKCEVSQ6C2EXAMPLE')
const canonicalUser = fc.constant('79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be')

export const federatedPrincipal = fc.record({ Federated: oneOrMany(federated) })

/** Principals of every form that IAM's grammar knows. */
export const principal = fc.oneof(
  weighted(8, federatedPrincipal),
  weighted(2, fc.record({ AWS: oneOrMany(aws) })),
  weighted(2, fc.record({ Service: oneOrMany(service) })),
  weighted(1, fc.constant('*')),
  weighted(1, fc.record({ CanonicalUser: oneOrMany(canonicalUser) })),
  weighted(
    2,
    fc.record(
      { AWS: oneOrMany(aws), Federated: oneOrMany(federated), Service: oneOrMany(service) },
      { requiredKeys: ['Federated'] },
    ),
  ),
)

/** Names what is no longer there: IAM shows such ids and refuses to write them. */
export const deletedPrincipal = fc.record({ AWS: oneOrMany(fc.oneof(deleted, aws)) })

/** Principals that IAM never took. */
export const brokenPrincipal = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom({}, [], ['*'], OKTA, { Federated: [] }, { Federated: [OKTA, 7] }, { federated: OKTA }, { '*': '*' }),
  fc.record({ AWS: fc.jsonValue(), Federated: fc.oneof(federated, fc.jsonValue()) }),
)

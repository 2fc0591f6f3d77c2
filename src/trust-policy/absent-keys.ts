/**
 * Condition keys, in lower case, that are in no request of a SAML sign-in, each with where AWS's documents say so. Who
 * calls AssumeRoleWithSAML signs with no AWS credentials: the assertion is all there is. A key of which no document
 * says so may be there, as `aws:PrincipalTag/…` from the assertion's session tags, and has no place here.
 */
const ABSENT_KEYS: ReadonlySet<string> = new Set([
  // IAM User Guide, "Control access to AWS STS with VPC endpoint policies", the table of condition keys: "Federated
  // callers: No" for these four. (By the page on global keys an unsigned request has `anonymous` as its account: the
  // Not forms hold either way.)
  'aws:principalorgid',
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  // IAM User Guide, "AWS global condition context keys": "only if the principal is a member of an organization"; the
  // page above: "The caller is not an AWS principal".
  'aws:principalorgpaths',
  // The page on global keys, for both: "when the call is made by an AWS service principal […] not present in any other
  // situation".
  'aws:principalservicename',
  'aws:principalservicenameslist',
  // The page on global keys, for both: "This condition key is not present for federated identities".
  'aws:multifactorauthpresent',
  'aws:multifactorauthage',
  // The page on global keys: "only when the principal uses temporary credentials to make the request".
  'aws:tokenissuetime',
  // The page on global keys: "only when the call to your resource is being made directly by an AWS service principal".
  'aws:sourceaccount',
  // IAM User Guide, "IAM JSON policy elements: Condition operators": "only if a resource triggers a service to call
  // another service on behalf of the resource owner".
  'aws:sourcearn',
])

/** @param key in lower case */
export function isAbsent(key: string): boolean {
  return ABSENT_KEYS.has(key)
}

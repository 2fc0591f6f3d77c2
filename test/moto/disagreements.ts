/** Cases of the tables about which the engine and moto disagree, by their names, and why. */
export interface Disagreement {
  readonly why: string
  readonly cases: readonly string[]
}

const VERSION = 'Policy document must be version 2012-10-17 or greater.'
const ACTION =
  'Trust Policy statement actions can only be sts:AssumeRole, sts:AssumeRoleWithSAML,  and sts:AssumeRoleWithWebIdentity'
const SYNTAX = 'Syntax errors in policy.'
const LEGACY = 'The policy failed legacy parsing'

/** Trust policies that the engine writes and moto refuses, in its own words. */
export const REFUSED_BY_MOTO: readonly (Disagreement & { readonly words: string })[] = [
  {
    words: VERSION,
    why: 'IAM takes the Version 2008-10-17, and a missing one means the same (IAM User Guide, "IAM JSON policy elements: Version"); moto takes 2012-10-17 only',
    cases: [
      'a Version of 2008-10-17 without statements stays',
      'Version 2008-10-17 stays',
      'a missing Version is not added beside statements',
      'a policy variable is literal text in the Version 2008-10-17',
      'a policy variable is literal text where there is no Version',
    ],
  },
  {
    words: LEGACY,
    why: 'IAM has taken trust policies with the Effect in another letter case: the backup role of AWS Account Factory for Terraform has allow; moto knows the spelling of the grammar alone',
    cases: [
      'a foreign Effect stays in its letter case',
      'our Sid and shape with an Effect of allow is foreign, and stays beside ours',
    ],
  },
  {
    words: ACTION,
    why: 'the grammar has Action or NotAction in any statement (IAM User Guide, "Grammar of the IAM JSON policy language"); moto looks for Action in a trust policy without asking for it',
    cases: [
      'a NotAction that names the SAML sign-in does not cover it',
      'a NotAction with a wildcard over STS does not cover the SAML sign-in',
      'our Sid with NotAction is foreign',
    ],
  },
  {
    words: ACTION,
    why: 'an action may hold wildcards (IAM User Guide, "IAM JSON policy elements: Action"); moto holds it against a list of whole names',
    cases: ['our Sid with a wildcard action is foreign', 'a question mark too many does not cover the SAML sign-in'],
  },
  {
    words: SYNTAX,
    why: 'a number needs no quotation marks (IAM User Guide, "Grammar of the IAM JSON policy language"); moto takes texts, booleans and lists as values of a condition',
    cases: ['numbers and booleans in foreign conditions stay'],
  },
  {
    words: ACTION,
    why: 'which actions there are is left to the judgement of IAM, which says "AssumeRole policy may only specify STS AssumeRole actions"; moto says much the same',
    cases: [
      'every action of another service does not cover the SAML sign-in',
      'an action one letter short does not cover the SAML sign-in',
    ],
  },
  {
    words: SYNTAX,
    why: 'unknown keys are left to the judgement of IAM (rule 4.8); moto refuses them',
    cases: [
      'our Sid with a further key in the statement is foreign',
      'an Id and unknown keys without statements stay',
      'unknown keys of the document stay with their nested values',
      'an unknown key of a statement stays',
      'letters of other scripts stay',
      'a key named __proto__ stays a key like any other',
      'everything around a replaced managed statement stays',
      'blanks inside texts do not count either',
      'letters that IAM takes count as one character each, and others as the escapes that they are written as',
      'a letter beyond 16 bits as two escapes fits the quota',
      'a document of exactly 32 levels is written',
      'Version, Id, unknown keys and forms stay in a withdrawal',
    ],
  },
]

/** Trust policies that the engine calls malformed and moto takes. */
export const TAKEN_BY_MOTO: readonly Disagreement[] = [
  {
    why: 'IAM might take it, but writing it back would drop the other value of the key (rule 4.6)',
    cases: [
      'a key written twice is malformed where a write is due',
      'a key written twice within a statement is malformed',
      'a key written twice, once with an escape, is malformed',
      'a key that stands twice leaves the old provider in',
    ],
  },
  {
    why: 'a trust policy names its principals, by type (IAM User Guide, "AWS JSON policy elements: Principal"); moto does not look at them',
    cases: [
      'a missing principal is malformed',
      'an ARN in place of the principal object is malformed',
      'an empty principal is malformed',
      'an unknown kind of principal is malformed',
      'a kind of principal in small letters is malformed',
      'an empty list of principals is malformed',
      'a principal that is no text is malformed',
    ],
  },
  {
    why: 'NotPrincipal is not for trust policies (IAM User Guide, "AWS JSON policy elements: NotPrincipal"); moto takes the key in any policy',
    cases: ['an Allow with NotPrincipal is malformed where a write is due'],
  },
  {
    why: 'the value of a condition is a text, a number or a boolean (IAM User Guide, "Grammar of the IAM JSON policy language"); moto takes any list',
    cases: ['a null in a list of condition values is malformed'],
  },
]

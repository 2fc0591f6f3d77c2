import type { BlockedOutcome, OutcomeNote } from '../role/outcome.ts'

/** What to do about a blocked role, told beside its `detail`. The table of block reasons in docs/rules.md holds the same words. */
export const BLOCK_ADVICE: Readonly<Record<BlockedOutcome['reason'], string>> = {
  'explicit-deny': 'A Deny surely stops Okta. Narrow or remove it, or untag the role.',
  quota:
    'The document would be too long. Merge or remove statements, or raise the IAM quota "Role trust policy length" (up to 8,192).',
  malformed:
    'Correct the place that is named. If nothing would be left of the document, give the role another statement, or delete it.',
  'dangling-principal':
    'The document names deleted users or roles by id (`AIDA…`, `AROA…`). Remove them: IAM refuses every change until then.',
  'refused-by-iam':
    "IAM's own words say why. Often a principal in another account no longer exists. An explicit deny: ask whoever keeps the policy that they name (the organization's administrators, for a service control policy) to exempt this system's roles, or untag the role.",
}

/** What to do about what was seen and left alone. The table of notes in docs/rules.md holds the same words. */
export const NOTE_ADVICE: Readonly<Record<OutcomeNote, string>> = {
  'no-audience-condition': 'Add a condition on `SAML:aud` to that Allow.',
  'restricted-by-owner':
    'Nothing, if that is meant. If people cannot sign in, look at that condition first. An `aws:PrincipalOrgID` or `aws:MultiFactorAuthPresent` that must match is never there for Okta.',
  'conditional-deny':
    'Nothing, if that is meant. `npx --no okta-role-trust explain ROLE` names the condition that decides.',
  'stale-provider':
    'Mend what blocks the role: the next sweep, or another `withdraw`, then takes that provider out. To stop it at once, delete the provider in IAM, if no role should trust it any more.',
  flapping: 'Make both agree: docs/operating.md, "Terraform and CloudFormation", says how.',
}

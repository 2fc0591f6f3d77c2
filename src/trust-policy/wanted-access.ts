/** Which SAML providers may call which STS actions with which audiences. */
export interface Access {
  /** SAML provider ARNs of the role's own account. */
  readonly providers: readonly string[]
  /** Values of `SAML:aud`: the ACS URLs that Okta posts its assertion to. */
  readonly audiences: readonly string[]
  /** `sts:AssumeRoleWithSAML`, plus `sts:TagSession` and `sts:SetSourceIdentity` where wanted. */
  readonly actions: readonly string[]
}

/** What every tagged role must give (rule 1). No list is empty or has repeats. */
export interface WantedAccess extends Access {
  /**
   * What the Sid of each managed statement begins with, before a number. Letters and digits, the last one a letter: so no
   * statement belongs to two stacks, though the Sid of one begin with that of another (rule 4.2).
   */
  readonly sid: string
}

/** One wanted sign-in call: a provider calls an action with an audience. */
export interface Call {
  readonly provider: string
  readonly action: string
  readonly audience: string
}

export function callsOf({ providers, actions, audiences }: Access): readonly Call[] {
  return providers.flatMap((provider) =>
    actions.flatMap((action) => audiences.map((audience) => ({ provider, action, audience }))),
  )
}

/** The call that a SAML sign-in is made of; the other actions only let it carry more. */
export const SIGN_IN = 'sts:AssumeRoleWithSAML'

/** The only actions that this system ever grants; a statement with any other is not ours (rules 1.4, 4.2). */
export const GRANTABLE_ACTIONS: readonly string[] = [SIGN_IN, 'sts:TagSession', 'sts:SetSourceIdentity']

/** `arn:PARTITION:iam::ACCOUNT:saml-provider/NAME` (IAM API reference, CreateSAMLProvider: `[\w._-]{1,128}`). */
export const SAML_PROVIDER_ARN =
  /^arn:(?<partition>aws|aws-[a-z-]+):iam::(?<account>\d{12}):saml-provider\/(?<name>[\w.-]{1,128})$/

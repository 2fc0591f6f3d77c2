/** Permissions that depend on parameters in ways that YAML cannot express: variables work in values, not in keys. */
module.exports = {
  /**
   * The parameter's part of its ARN, which has one slash before the name, whether the name starts with one or not
   * (Systems Manager User Guide, "Restricting access to parameters using IAM policies").
   */
  parameterPath: async ({ resolveVariable }) => {
    const name = await resolveVariable('param:parameterName')
    return name.startsWith('/') ? name : `/${name}`
  },

  /**
   * The permission to write trust policies, limited to roles that carry the tag (rule 7.3). Withdrawal writes to roles
   * that have lost it, so there the limit cannot hold.
   */
  changeTrustPolicies: async ({ resolveVariable }) => {
    const [tagKey, tagValue, onUntag] = await Promise.all(
      ['param:tagKey', 'param:tagValue', 'param:onUntag'].map(resolveVariable),
    )
    if (!['keep', 'revoke'].includes(onUntag)) {
      throw new Error(`Parameter onUntag: found "${onUntag}", expected "keep" or "revoke"`)
    }
    const statement = {
      Sid: 'ChangeTrustPolicies',
      Effect: 'Allow',
      Action: 'iam:UpdateAssumeRolePolicy',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' },
    }
    if (onUntag === 'revoke') return statement
    return { ...statement, Condition: { StringEqualsIgnoreCase: { [`iam:ResourceTag/${tagKey}`]: tagValue } } }
  },
}

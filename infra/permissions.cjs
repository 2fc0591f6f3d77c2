const { join } = require('node:path')
const compileSources = require('./compile-sources.cjs')

const { writerNames } = compileSources(join(__dirname, '..'), 'src/cloudtrail/own-roles.ts')

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
   *
   * It holds within these functions only: whoever gives one of their roles to a function of their own gains nothing by
   * it (Lambda Developer Guide, "Working with Lambda execution environment credentials"). The ARNs are spelt out, since
   * a function needs its role first.
   *
   * In report mode there is none, and a Deny in its place: not even another policy can give it to these roles.
   */
  changeTrustPolicies: async ({ resolveVariable }) => {
    const [prefix, tagKey, tagValue, onUntag, mode] = await Promise.all(
      ['self:custom.prefix', 'param:tagKey', 'param:tagValue', 'param:onUntag', 'param:mode'].map(resolveVariable),
    )
    const update = {
      Action: 'iam:UpdateAssumeRolePolicy',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in
      Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*' },
    }
    if (mode !== 'enforce') return { Sid: 'OnlyReport', Effect: 'Deny', ...update }
    const withinFunctions = {
      'lambda:SourceFunctionArn': writerNames(prefix).map((name) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${name}`,
      })),
    }
    const statement = { Sid: 'ChangeTrustPolicies', Effect: 'Allow', ...update }
    const onTagged = { StringEqualsIgnoreCase: { [`iam:ResourceTag/${tagKey}`]: tagValue } }
    return { ...statement, Condition: { ...(onUntag !== 'revoke' && onTagged), ArnEquals: withinFunctions } }
  },

  /** The ARNs of the rules that put into the dead-letter queue what they cannot deliver. */
  rulesWithDeadLetters: async ({ resolveVariable }) => {
    const [ofRoles, ofHub] = ['RoleEventRule', 'ForwardingRule'].map((id) => ({ 'Fn::GetAtt': [id, 'Arn'] }))
    return (await resolveVariable('param:hubBusArn')).trim() === '' ? ofRoles : [ofRoles, ofHub]
  },
}

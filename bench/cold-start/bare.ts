import { GetRoleCommand, GetSAMLProviderCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm'

// The least that a function with this job can be made of: the two clients and the four calls, and nothing around them.

const iam = new IAMClient()
const ssm = new SSMClient()

export const handler = async (roleName: string, document: string, arn: string, parameterName: string) => [
  await ssm.send(new GetParameterCommand({ Name: parameterName })),
  await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arn })),
  await iam.send(new GetRoleCommand({ RoleName: roleName })),
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName, PolicyDocument: document })),
]

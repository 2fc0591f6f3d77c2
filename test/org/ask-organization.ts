import { runSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '111122223333'

const ALL = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** The principals of a member account that ask here, by their part of the ARN. */
const arnOf = (principal: string) => `arn:aws:iam::${ACCOUNT}:${principal}`

/**
 * Whether somebody whom all policies of the account allow everything may do this where the organization has attached a
 * service control policy.
 *
 * @param resource `*`, or an ARN in whose place of the account stands `ACCOUNT`
 */
export async function isLeft(
  scp: object,
  principal: string,
  action: string,
  resource: string,
  context: Readonly<Record<string, string | string[]>> = {},
): Promise<boolean> {
  const result = await runSimulation(
    {
      request: {
        principal: arnOf(principal),
        action,
        resource: { resource: resource.replace('ACCOUNT', ACCOUNT), accountId: ACCOUNT },
        contextVariables: { 'aws:PrincipalArn': arnOf(principal), ...context },
      },
      identityPolicies: [{ name: 'AdministratorAccess', policy: ALL }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'root',
          policies: [
            { name: 'FullAWSAccess', policy: ALL },
            { name: 'scp', policy: scp },
          ],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`)
  return result.overallResult === 'Allowed'
}

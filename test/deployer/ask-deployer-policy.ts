import { runSimulation } from '@cloud-copilot/iam-simulate'
import deployerPolicy from '../../infra/deployer-policy.json'
import { ACCOUNT } from './osls-calls.ts'

export type Context = Readonly<Record<string, string>>

/** What IAM would say to somebody who holds the policy, or another, and nothing else. */
export async function isAllowedToDeployer(
  action: string,
  resource: string,
  context: Context = {},
  policy: object = deployerPolicy,
): Promise<boolean> {
  const [, , , , account] = resource.split(':')
  const accountId = account || ACCOUNT
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/deployer`,
        action,
        resource: { resource, accountId },
        contextVariables: { 'aws:ResourceAccount': accountId, ...context },
      },
      identityPolicies: [{ name: 'deployer-policy', policy }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(`${action} on ${resource}: ${JSON.stringify(result.errors)}`)
  return result.overallResult === 'Allowed'
}

import { runSimulation } from '@cloud-copilot/iam-simulate'
import { policiesOf, type Stack } from '../../sandbox/package-stack.ts'
import { resolveReferences } from './resolve-references.ts'

/** What IAM would say to a call of one of the stack's functions. */
export async function isAllowed(
  stack: Stack,
  roleId: string,
  action: string,
  resource: string,
  contextVariables: Readonly<Record<string, string>> = {},
) {
  const policies = policiesOf(stack, roleId)
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::111122223333:role/okta-role-trust/${roleId}`,
        action,
        resource: { resource, accountId: '111122223333' },
        contextVariables: { ...contextVariables },
      },
      identityPolicies: policies.map((policy, index) => ({ name: `${index}`, policy: resolveReferences(policy) })),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult
}

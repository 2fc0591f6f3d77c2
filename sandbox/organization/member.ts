import { DescribeRuleCommand } from '@aws-sdk/client-eventbridge'
import { ListSAMLProvidersCommand } from '@aws-sdk/client-iam'
import { ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { GetParameterCommand } from '@aws-sdk/client-ssm'
import * as z from 'zod/mini'
import { localAccount } from '../clients.ts'
import { collectEvents, type DeliveredEvent } from '../collect-events.ts'
import { invoke } from '../functions.ts'
import { allowPlainHttp, allowWhatIsNotEvaluated } from '../local-permissions.ts'
import { createProvider } from '../open-sandbox.ts'
import { readReport } from '../reports.ts'
import { PARAMETER } from '../stack-names.ts'
import { type Account, clientsOfAccount, enterAccount } from './account.ts'
import type { Release } from './release.ts'
import { createStack, deleteStack, updateStack } from './stacks.ts'

export const PREFIX = 'okta-role-trust-prod'

type Mode = 'enforce' | 'report'

/** What the StackSet of an organization would give every account. */
export interface Deployment {
  readonly release: Release
  readonly mode: Mode
}

/** What is in an account, the roles left aside. */
interface Inspection {
  /** Of each function the name that its zip has in a release. */
  readonly code: readonly string[]
  /** The ARN of its SAML provider. */
  readonly provider: string | undefined
  /** What the parameter holds. */
  readonly parameter: string | undefined
}

/** An account of the organization that has roles. */
export interface Member extends Account {
  /** The ARN of its own SAML provider. */
  readonly provider: string
  /** Changes the stack as the StackSet would. */
  update(deployment: Deployment): Promise<void>
  /** Deletes the stack; that of the identity stays, as `org remove` leaves it. */
  remove(): Promise<void>
  /** Runs the sweep; returns how many roles had each outcome. */
  sweep(): Promise<Readonly<Record<string, number>>>
  /** What the forwarding rule has let through since this was asked last. */
  takeTold(): Promise<readonly DeliveredEvent[]>
  inspect(): Promise<Inspection>
}

/** Gives an account its provider and both stacks, as StackSets does in each account of a unit. */
export async function openMember(
  endpoint: string,
  accountId: string,
  deployment: Deployment,
  parameters: Readonly<Record<string, string>>,
): Promise<Member> {
  const account = enterAccount(endpoint, accountId)
  const { clients } = account
  const { cloudFormation, events, iam, lambda, ssm } = clients
  const stackOf = ({ release, mode }: Deployment) => ({
    name: PREFIX,
    template: release.engine,
    parameters: { ...parameters, Prefix: PREFIX, Mode: mode, AccountTelemetry: 'false' },
  })
  // The local CloudFormation makes no SAML provider: the identity stack is that of an account which has one.
  const provider = await createProvider(iam, 'Okta')
  await createStack(cloudFormation, { name: `${PREFIX}-identity`, template: deployment.release.identity })
  await createStack(cloudFormation, stackOf(deployment))
  await allowWhatIsNotEvaluated(iam)
  for (const queue of ['role-events', 'dead-letters']) {
    await allowPlainHttp(clientsOfAccount(endpoint, accountId).sqs, `${PREFIX}-${queue}`)
  }
  const { EventPattern: pattern = '{}' } = await events.send(new DescribeRuleCommand({ Name: `${PREFIX}-forward` }))
  const takeTold = await collectEvents(clients, localAccount(accountId), z.looseObject({}).parse(JSON.parse(pattern)))
  return {
    ...account,
    provider,
    update: async (next) => {
      await updateStack(cloudFormation, stackOf(next))
      await allowWhatIsNotEvaluated(iam)
    },
    remove: () => deleteStack(cloudFormation, PREFIX),
    sweep: async () => readReport(await invoke(lambda, 'scheduled-sweep', {}, PREFIX)).counts,
    takeTold,
    inspect: async () => {
      const { Functions: functions = [] } = await lambda.send(new ListFunctionsCommand({}))
      const { SAMLProviderList: providers = [] } = await iam.send(new ListSAMLProvidersCommand({}))
      const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name: PARAMETER }))
      const code = functions.map(({ CodeSha256 = '' }) => `${Buffer.from(CodeSha256, 'base64').toString('hex')}.zip`)
      return { code, provider: providers[0]?.Arn, parameter: parameter?.Value }
    },
  }
}

import {
  type CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation'

/** A stack as a template and values for its Parameters make it. */
export interface StackInput {
  readonly name: string
  readonly template: string
  readonly parameters?: Readonly<Record<string, string>>
}

/** For how long CloudFormation may take, in seconds: a machine may be busy. */
const PATIENCE = { maxWaitTime: 300, minDelay: 1 }

/** @throws Error with the reason where the stack does not come about */
export async function createStack(client: CloudFormationClient, stack: StackInput): Promise<void> {
  await client.send(new CreateStackCommand(commandOf(stack)))
  await waitUntilStackCreateComplete({ client, ...PATIENCE }, { StackName: stack.name })
}

/** @throws Error with the reason where the stack does not become so */
export async function updateStack(client: CloudFormationClient, stack: StackInput): Promise<void> {
  await client.send(new UpdateStackCommand(commandOf(stack)))
  await waitUntilStackUpdateComplete({ client, ...PATIENCE }, { StackName: stack.name })
}

/** @throws Error with the reason where something of the stack is left */
export async function deleteStack(client: CloudFormationClient, StackName: string): Promise<void> {
  await client.send(new DeleteStackCommand({ StackName }))
  await waitUntilStackDeleteComplete({ client, ...PATIENCE }, { StackName })
}

function commandOf({ name, template, parameters = {} }: StackInput) {
  return {
    StackName: name,
    TemplateBody: template,
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  }
}

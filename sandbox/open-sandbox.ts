import { join } from 'node:path'
import { CreateSAMLProviderCommand, type IAMClient } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { clientsOf } from './clients.ts'
import { copyProject } from './copy-project.ts'
import { deployStack } from './deploy-stack.ts'
import { type LocalAws, startLocalAws } from './local-aws.ts'
import { allowPlainHttp, allowWhatIsNotEvaluated } from './local-permissions.ts'
import { samlMetadata } from './saml-metadata.ts'
import { DEAD_LETTER_QUEUE, PARAMETER, PARAMETER_RULE, QUEUE, RULE } from './stack-names.ts'
import { createPerson, type Person } from './test-user.ts'
import { copyRule } from './trail.ts'

/** Where the sandbox is and what is in it; plain data, so that it can be handed to other processes. */
export interface SandboxKey {
  readonly endpoint: string
  /** The ARN of the SAML provider that the parameter names. */
  readonly provider: string
  readonly person: Person
}

export interface OpenSandbox extends LocalAws {
  readonly key: SandboxKey
}

/**
 * A local AWS with the stack deployed into it, and what docs/deploying.md asks for before that: a SAML provider and the parameter
 * with its ARN.
 *
 * @param print told each step
 * @throws Error where a step fails; nothing is left of it then
 */
export async function openSandbox(print: (progress: string) => void): Promise<OpenSandbox> {
  const aws = await startLocalAws(print)
  try {
    const { endpoint, processGroup } = aws
    print(`A local AWS runs at ${endpoint} (process group ${processGroup})`)
    const clients = clientsOf(endpoint)
    const provider = await createProvider(clients.iam, 'Okta')
    await clients.ssm.send(new PutParameterCommand({ Name: PARAMETER, Type: 'String', Value: provider }))
    print(`Its SSM parameter ${PARAMETER} names the SAML provider ${provider}`)
    print('Deploying the stack: npx --no serverless deploy')
    // Without the settings that somebody keeps for that stage.
    await deployStack(aws, copyProject(join(aws.folder, 'project')))
    await allowWhatIsNotEvaluated(clients.iam)
    for (const queue of [QUEUE, DEAD_LETTER_QUEUE]) await allowPlainHttp(clientsOf(endpoint).sqs, queue)
    for (const rule of [RULE, PARAMETER_RULE]) await copyRule(clients.events, rule)
    const person = await createPerson(clients.iam, 'platform-engineer')
    return { ...aws, key: { endpoint, provider, person } }
  } catch (error) {
    aws.stop()
    throw error
  }
}

/** @returns its ARN */
export async function createProvider(iam: IAMClient, name: string): Promise<string> {
  const metadata = { Name: name, SAMLMetadataDocument: samlMetadata(name) }
  const { SAMLProviderArn: arn } = await iam.send(new CreateSAMLProviderCommand(metadata))
  if (arn === undefined) throw new Error(`The local AWS created no SAML provider ${name}`)
  return arn
}

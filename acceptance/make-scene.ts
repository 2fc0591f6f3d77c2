import { CreateSAMLProviderCommand } from '@aws-sdk/client-iam'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import type { Paint } from '../cli/session/paint.ts'
import type { Progress } from '../sandbox/progress.ts'
import { type Account, type AccountClients, accountClients, awaitYoungRoles } from './account.ts'
import type { Deployment } from './deployment.ts'
import { createIdentityProvider } from './identity-provider.ts'
import type { Ledger } from './ledger.ts'
import type { Observed } from './observation.ts'
import type { Run } from './run-names.ts'
import type { Scene } from './scene.ts'
import { stageOf } from './stage.ts'

/** What a run is made in, and by. */
export interface Studio {
  readonly run: Run
  readonly account: Account
  readonly clients: AccountClients
  readonly ledger: Ledger
  readonly progress: Progress
  readonly paint: Paint
  readonly signal: AbortSignal
  /** Called when the stack is due: what it takes is a copy of this folder. */
  openDeployment(): Deployment
  /** Told what was seen of each line of docs/compatibility.md. */
  tell(observed: readonly Observed[]): void
}

/** Makes what the stack asks for: a SAML provider, whose key is made here and goes with this process, and the parameter. */
export async function makeScene(studio: Studio): Promise<Scene> {
  const { run, account, ledger, signal } = studio
  const clients = { ...studio.clients, iam: awaitYoungRoles(accountClients(account).iam) }
  const Tags = Object.entries(run.tags).map(([Key, Value]) => ({ Key, Value }))
  const idp = await createIdentityProvider(run.name)
  await ledger.step('make the SAML provider', 'made', async () => {
    await clients.iam.send(new CreateSAMLProviderCommand({ Name: run.name, SAMLMetadataDocument: idp.metadata, Tags }))
    return 'made'
  })
  const providerArn = `arn:${account.partition}:iam::${account.account}:saml-provider/${run.name}`
  await ledger.step('make the SSM parameter', 'made', async () => {
    const parameter = { Name: run.parameter, Type: 'String', Value: providerArn, Tags } as const
    await clients.ssm.send(new PutParameterCommand(parameter))
    return 'made'
  })
  const door = { sts: clients.sts, account, idp, providerArn }
  return { run, account, clients, signal, door, stage: stageOf(clients, account, run, providerArn, signal) }
}

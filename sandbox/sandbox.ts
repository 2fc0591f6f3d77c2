import { GetRoleCommand, type IAMClient } from '@aws-sdk/client-iam'
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs'
import { type Clients, clientsOf } from './clients.ts'
import { collectEvents, type DeliveredEvent } from './collect-events.ts'
import { countMessages } from './count-messages.ts'
import { type Changes, invoke, restart } from './functions.ts'
import type { SandboxKey } from './open-sandbox.ts'
import { documentOf, readTrustPolicies } from './read-trust-policies.ts'
import type { FunctionId } from './stack-names.ts'
import { deliver, recordCalls, type ServiceEvent, type TrailEvent } from './trail.ts'

/** What people and tests do in a sandbox. */
export interface Sandbox extends Clients {
  readonly key: SandboxKey
  /** IAM as a person uses it; each change is told, and by default CloudTrail's event of it is delivered. */
  iamOfPerson(tell?: (event: TrailEvent) => Promise<void>): IAMClient
  /** Puts what a service of AWS tells on the event bus. */
  deliver(event: ServiceEvent): Promise<void>
  /** Collects the events of the bus that match a pattern from now on; what it returns takes those that have come. */
  collectEvents(pattern: object): Promise<() => Promise<readonly DeliveredEvent[]>>
  /** @throws Error in the words of the function where it fails */
  invoke(id: FunctionId, payload: unknown): Promise<unknown>
  /** Starts a function anew, so that it remembers nothing. */
  restart(id: FunctionId, changes?: Changes): Promise<void>
  trustPolicy(roleName: string): Promise<unknown>
  /** Of every role of the account, by name. */
  allTrustPolicies(): Promise<ReadonlyMap<string, unknown>>
  queueUrl(name: string): Promise<string>
  /** How many messages a queue has, those included that wait or are being worked on. */
  countMessages(queueName: string): Promise<number>
}

/** Enters a sandbox that is open, perhaps in another process. */
export function enterSandbox(key: SandboxKey): Sandbox {
  const clients = clientsOf(key.endpoint)
  const { iam, lambda, sqs, events } = clients
  const queueUrl = async (name: string) => {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }))
    return QueueUrl
  }
  const sandbox: Sandbox = {
    ...clients,
    key,
    iamOfPerson: (tell = sandbox.deliver) => {
      const { iam } = clientsOf(key.endpoint, key.person)
      recordCalls(iam, key.person, tell)
      return iam
    },
    deliver: (event) => deliver(events, event),
    collectEvents: (pattern) => collectEvents(clients, key.person.accountId, pattern),
    invoke: (id, payload) => invoke(lambda, id, payload),
    restart: (id, changes) => restart(lambda, id, changes),
    trustPolicy: async (RoleName) => {
      const { Role: role } = await iam.send(new GetRoleCommand({ RoleName }))
      return documentOf(role?.AssumeRolePolicyDocument)
    },
    allTrustPolicies: () => readTrustPolicies(iam),
    queueUrl,
    countMessages: (name) => countMessages(sqs, name),
  }
  return sandbox
}

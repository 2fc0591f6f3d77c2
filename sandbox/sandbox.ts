import type { IAMClient } from '@aws-sdk/client-iam'
import { type AccountReader, accountReader } from './account-reader.ts'
import { type Clients, clientsOf, localAccount } from './clients.ts'
import { collectEvents, type DeliveredEvent } from './collect-events.ts'
import { type Changes, invoke, restart } from './functions.ts'
import type { SandboxKey } from './open-sandbox.ts'
import type { FunctionId } from './stack-names.ts'
import { deliver, recordCalls, type ServiceEvent, type TrailEvent } from './trail.ts'

/** What people and tests do in a sandbox. */
export interface Sandbox extends Clients, AccountReader {
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
}

/** Enters a sandbox that is open, perhaps in another process. */
export function enterSandbox(key: SandboxKey): Sandbox {
  const clients = clientsOf(key.endpoint)
  const { iam, lambda, sqs, events } = clients
  const sandbox: Sandbox = {
    ...clients,
    ...accountReader(iam, sqs),
    key,
    iamOfPerson: (tell = sandbox.deliver) => {
      const { iam } = clientsOf(key.endpoint, key.person)
      recordCalls(iam, key.person, tell)
      return iam
    },
    deliver: (event) => deliver(events, event),
    collectEvents: (pattern) => collectEvents(clients, localAccount(key.person.accountId), pattern),
    invoke: (id, payload) => invoke(lambda, id, payload),
    restart: (id, changes) => restart(lambda, id, changes),
  }
  return sandbox
}

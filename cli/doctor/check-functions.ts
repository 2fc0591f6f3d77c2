import type { EventSource, FunctionState } from '../../src/aws/deployed-functions.ts'
import { failure, ok, type Verdict, warning } from './finding.ts'
import type { Part, StackPlace } from './stack-parts.ts'

/** Whether Lambda can run a function as it was last deployed. */
export function checkFunction(name: string, found: FunctionState | undefined, { remedies }: StackPlace): Verdict {
  if (found === undefined) return failure(`the function ${name} is missing`, remedies.rebuild)
  const { state, lastUpdate, reason } = found
  const why = reason === undefined ? '' : `: ${reason}`
  if (lastUpdate === 'Failed') return failure(`the latest deployment of ${name} failed${why}`, remedies.deployAnew)
  if (state === 'Pending' || lastUpdate === 'InProgress') {
    return warning(`the function ${name} is being deployed`, 'wait a minute, and run doctor again')
  }
  if (state !== 'Active') return failure(`the function ${name} is ${state}${why}`, remedies.deployAnew)
  return ok(`the function ${name} is active`)
}

/** Whether somebody switched a function off: with a reserved concurrency of 0, Lambda never runs it. */
export function checkConcurrency(name: string, reserved: number | undefined, { remedies }: StackPlace): Verdict {
  if (reserved !== 0) return ok(`${name} may run`)
  return failure(
    `the reserved concurrency of ${name} is 0: it never runs`,
    remedies.aws('lambda delete-function-concurrency', '--function-name', name),
  )
}

/** Whether Lambda hands what is on the queue to the function. */
export function checkEventSource(
  functionName: string,
  queue: Part,
  sources: readonly EventSource[],
  { remedies }: StackPlace,
): Verdict {
  const source = sources.find(({ arn }) => arn === queue.arn)
  if (source === undefined) return failure(`nothing hands the queue ${queue.name} to ${functionName}`, remedies.rebuild)
  switch (source.state) {
    case 'Enabled':
      return ok(`${functionName} reads the queue ${queue.name}`)
    case 'Creating':
    case 'Enabling':
    case 'Updating':
      return warning(`${functionName} is about to read the queue ${queue.name}`, 'wait a minute, and run doctor again')
    default:
      return failure(
        `${functionName} does not read the queue ${queue.name}: the event source is ${source.state}`,
        remedies.aws('lambda update-event-source-mapping', '--uuid', source.uuid, '--enabled'),
      )
  }
}

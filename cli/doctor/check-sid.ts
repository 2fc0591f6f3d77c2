import type { AwsTarget } from '../../src/aws/clients.ts'
import { type DeployedFunction, functionReader } from '../../src/aws/deployed-functions.ts'
import { STACK_PARAMETERS } from '../stack-parameters.ts'
import { answerOf, failure, judge, ok, type Verdict } from './finding.ts'
import type { StackPlace } from './stack-parts.ts'

/** Checks that no other stack manages statements of the same Sid: each would write over what the other wrote (rule 4.2). */
export async function checkSid(target: AwsTarget, sid: string, place: StackPlace): Promise<readonly Verdict[]> {
  const answer = await answerOf('lambda:ListFunctions', () => functionReader(target).listFunctions())
  return judge('the Sids of other stacks', answer, (functions) => {
    const others = functions.flatMap(stackOf).filter(({ name, sid: its }) => name !== place.stackName && its === sid)
    if (others.length === 0) return ok(`no other stack in ${place.region} has the Sid ${sid}`)
    const names = others.map(({ name }) => name).join(', ')
    return failure(
      `another stack has the Sid ${sid} too: ${names}. On a role with the tags of both, each takes the statement of the other for its own, and writes over it`,
      'give one of them a Sid of its own (docs/deploying.md, "Another Sid")',
    )
  })
}

/** A stack that a function is a part of, known by its sweep; a variable that an older one lacks means the default. */
function stackOf({ name, environment }: DeployedFunction): readonly { readonly name: string; readonly sid: string }[] {
  const { STACK_NAME: stackName, SID: sid } = environment
  if (stackName === undefined || name !== `${stackName}-scheduled-sweep`) return []
  const defaultSid = STACK_PARAMETERS.find(({ variable }) => variable === 'SID')?.defaultValue ?? ''
  return [{ name: stackName, sid: sid ?? defaultSid }]
}

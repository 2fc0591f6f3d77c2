import type { AwsTarget } from '../../src/aws/clients.ts'
import { DEFAULT_SID } from '../../src/config/read-config.ts'
import { hasManagedStatement } from '../../src/trust-policy/plan.ts'
import { countOf } from '../session/count-of.ts'
import { type WritingFunction, writersOfOthers } from '../session/deployed-stacks.ts'
import type { Session } from '../session/session.ts'
import { answerOf, failure, judge, ok, type Verdict, warning } from './finding.ts'
import type { StackPlace } from './stack-parts.ts'

/**
 * Checks that no other stack manages statements of the same Sid: each would write over what the other wrote (rule 4.2).
 * And that none of the default Sid are left that no stack manages: a stack with another Sid may have written them.
 */
export async function checkSid(
  session: Pick<Session, 'roles'>,
  target: AwsTarget,
  sid: string,
  place: StackPlace,
): Promise<readonly Verdict[]> {
  const answer = await answerOf('lambda:ListFunctions', () => writersOfOthers(target, place.stackName))
  if (answer.kind !== 'read') return judge('the Sids of other stacks', answer, () => [])
  const others = answer.value
  const isManaged = [sid, ...others.map((other) => other.sid)].includes(DEFAULT_SID)
  return [checkOthers(others, sid, place), ...(isManaged ? [] : await checkLeftOver(session))]
}

function checkOthers(others: readonly WritingFunction[], sid: string, { region }: StackPlace): Verdict {
  const same = others.filter((other) => other.sid === sid)
  if (same.length === 0) return ok(`no other stack in ${region} has the Sid ${sid}`)
  const names = [...new Set(same.map(({ stackName }) => stackName))].join(', ')
  return failure(
    `another stack has the Sid ${sid} too: ${names}. On a role with the tags of both, each takes the statement of the other for its own, and writes over it`,
    'give one of them a Sid of its own (docs/deploying.md, "Another Sid")',
  )
}

/** Who wrote them cannot be known: an owner may have chosen that Sid and that shape. */
async function checkLeftOver(session: Pick<Session, 'roles'>): Promise<readonly Verdict[]> {
  const answer = await answerOf('iam:GetAccountAuthorizationDetails', async () => {
    const names: string[] = []
    for await (const page of (await session.roles()).scanRoles()) {
      for (const role of page) {
        if (!('kind' in role) && hasManagedStatement(role.document, DEFAULT_SID)) names.push(role.roleName)
      }
    }
    return names
  })
  return judge(`statements of the Sid ${DEFAULT_SID}`, answer, ([name, ...others]) => {
    if (name === undefined) return []
    return warning(
      `a statement of the Sid ${DEFAULT_SID} stands in ${countOf(others.length + 1, 'role')}, such as ${name}, and no stack here has that Sid: if this one had it before, nobody renews them or takes them out`,
      'nothing if somebody else wrote them; else take them out of the trust policies by hand (docs/deploying.md, "Another Sid")',
    )
  })
}

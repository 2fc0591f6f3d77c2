import { iamClient } from '../../src/aws/clients.ts'
import { type ListedRole, listRoles } from '../../src/aws/list-roles.ts'
import type { RoleSnapshot } from '../../src/role/role.ts'
import { isTagged, protectionOf } from '../../src/role/scope.ts'
import { ExclusionMatches, type ExclusionMessage } from '../plan/exclusion-matches.ts'
import { countOf } from '../session/count-of.ts'
import type { Session } from '../session/session.ts'
import type { Settings } from '../session/settings.ts'
import {
  type Answer,
  answerOf,
  type Finding,
  failure,
  judge,
  named,
  ok,
  unchecked,
  type Verdict,
  warning,
} from './finding.ts'
import type { StackRemedies } from './stack-remedies.ts'

/** Checks whether Okta reaches the roles in scope, what the exclusions match, and whether sessions may be long enough. */
export async function checkRoles(
  session: Session,
  settings: Answer<Settings>,
  remedies: StackRemedies,
): Promise<readonly Finding[]> {
  if (settings.kind !== 'read') return named('group-mapping', [unchecked('the roles in scope', settings)])
  const { tag, exclusions, sessionDuration } = settings.value.config
  const facts = await answerOf('iam:GetAccountAuthorizationDetails', async () => {
    const [inScope, unreadable]: [RoleSnapshot[], string[]] = [[], []]
    const matches = new ExclusionMatches(exclusions)
    for await (const page of (await session.roles()).scanRoles()) {
      for (const role of page) {
        if ('kind' in role) {
          unreadable.push(role.roleName)
          continue
        }
        matches.add(role)
        if (isTagged(role.tags, tag) && protectionOf(role, exclusions) === undefined) inScope.push(role)
      }
    }
    return { inScope, unreadable, excluded: matches.messages() }
  })
  const verdicts = judge('the roles in scope', facts, ({ inScope, unreadable }) => [
    checkReach(inScope),
    ...checkUnreadable(unreadable, remedies),
  ])
  const excluded = facts.kind === 'read' ? facts.value.excluded.map(checkExclusion) : []
  const sessions =
    facts.kind === 'read' && sessionDuration !== undefined
      ? await examineSessions(session, facts.value.inScope, sessionDuration, remedies)
      : []
  return [...named('group-mapping', verdicts), ...named('exclusions', excluded), ...named('session-duration', sessions)]
}

async function examineSessions(
  session: Session,
  inScope: readonly Pick<RoleSnapshot, 'roleName'>[],
  seconds: number,
  remedies: StackRemedies,
): Promise<readonly Verdict[]> {
  const listed = await answerOf('iam:ListRoles', async () => listRoles(iamClient((await session.caller()).target)))
  return judge('how long a session the roles allow', listed, (roles) => {
    const names = new Set(inScope.map(({ roleName }) => roleName))
    return checkSessions(
      roles.filter(({ roleName }) => names.has(roleName)),
      seconds,
      remedies,
    )
  })
}

/**
 * Whether each role allows a session as long as the Okta app asks for: STS refuses the whole sign-in where the role allows
 * less (IAM User Guide, "Troubleshoot SAML federation with IAM").
 *
 * @param seconds that the app asks for
 */
function checkSessions(inScope: readonly ListedRole[], seconds: number, { aws }: StackRemedies): readonly Verdict[] {
  const short = inScope.filter(({ maxSessionDuration }) => maxSessionDuration < seconds)
  if (short.length === 0) return [ok(`each role in scope allows sessions of ${seconds} seconds, as Okta asks for`)]
  return short.map(({ roleName, maxSessionDuration }) =>
    failure(
      `${roleName} allows sessions of ${maxSessionDuration} seconds and Okta asks for ${seconds}: the sign-in fails, though the trust policy may be right`,
      `${aws('iam update-role', '--role-name', roleName, '--max-session-duration', `${seconds}`)}, or have the Okta app ask for less, and give the stack that \`sessionDuration\``,
    ),
  )
}

function checkExclusion({ message, remedy }: ExclusionMessage): Verdict {
  return remedy === undefined ? ok(message) : warning(message, remedy)
}

/** How many names are listed; the number of the others follows. */
const LONGEST_LIST = 10

/**
 * Whether Okta's group mapping reaches the roles in scope. By default it makes `arn:aws:iam::ACCOUNT:role/NAME` of a
 * group's name, which has no path, and its filter takes names of letters, digits, `_` and `-` only (Okta, "AWS Account
 * Federation": Role Value Pattern, Group Filter).
 */
export function checkReach(inScope: readonly Pick<RoleSnapshot, 'path' | 'roleName'>[]): Verdict {
  const beyond = inScope.filter(({ path, roleName }) => path !== '/' || !/^[\w-]+$/.test(roleName))
  const number = countOf(inScope.length, 'role')
  if (beyond.length === 0) return ok(`${number} in scope, all within reach of Okta's group mapping`)
  const names = beyond.slice(0, LONGEST_LIST).map(({ path, roleName }) => `${path}${roleName}`)
  const more = beyond.length > LONGEST_LIST ? `, and ${beyond.length - LONGEST_LIST} more` : ''
  return warning(
    `Okta's group mapping does not reach ${beyond.length} of ${number} in scope by default: ${names.join(', ')}${more}`,
    'nothing if you do not use group mapping; if you do, give the role the path / and a name of letters, digits, _ and -, or widen Group Filter and Role Value Pattern in the sign-on settings of the Okta app',
  )
}

/** Roles of which IAM's answer says too little, by name: whether they are in scope is not known. */
export function checkUnreadable(names: readonly string[], { aws }: StackRemedies): readonly Verdict[] {
  const [name] = names
  if (name === undefined) return []
  return [
    failure(
      `${countOf(names.length, 'role')} could not be read, such as ${name}`,
      `${aws('iam get-role', '--role-name', name)} shows what IAM answers`,
    ),
  ]
}

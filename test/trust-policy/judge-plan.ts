import { isDeepStrictEqual } from 'node:util'
import { planTrust } from '../../src/trust-policy/plan.ts'
import type { WantedAccess } from '../../src/trust-policy/wanted-access.ts'
import { ACCOUNT, SIGN_IN } from './arbitraries/names.ts'
import { decide, type Policy, type Request, refusal } from './judge.ts'

// Holds a plan of the engine against what the judge says of the trust policy before and after. docs/proof.md names every
// exception that is made here, and why.

const NO_QUOTA = 1e9

interface Statement {
  readonly [key: string]: unknown
}

interface TrustPolicy extends Policy {
  readonly statements: readonly Statement[]
}

/**
 * What the judge has against the engine's plan for a document, in words; an empty list means that they agree. Undefined
 * where there is nothing to judge: the plan writes nothing and claims nothing, or the judge cannot read the document.
 */
export async function judgePlan(
  document: string | undefined,
  wanted: WantedAccess,
  requests: readonly Request[],
): Promise<readonly string[] | undefined> {
  const plan = planTrust(document, wanted, NO_QUOTA)
  if (plan.kind === 'blocked' && plan.reason !== 'explicit-deny') return undefined
  const before = policyOf(document)
  const refused = await refusal(before)
  if (refused !== undefined) return isMalformedAction(refused) || plan.kind !== 'change' ? undefined : [refused]
  if (plan.kind === 'blocked') return await againstDenial(before, wanted, plan.detail)

  const after = plan.kind === 'change' ? policyOf(plan.document) : before
  const calls = callsOf(wanted)
  const others = requests.filter((one) => !calls.some((call) => isDeepStrictEqual(call, one)))
  return [
    ...(await againstAccess(before, after, wanted, plan.notes)),
    ...(plan.kind === 'change' ? await againstOthers(before, after, others, wanted.sid) : []),
  ]
}

/** Whoever is wanted must get in, but where a note says what may stand in the way. Nobody wanted may lose what it has. */
async function againstAccess(
  before: TrustPolicy,
  after: TrustPolicy,
  wanted: WantedAccess,
  notes: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = []
  for (const call of callsOf(wanted)) {
    const words = JSON.stringify(call)
    switch (await decide(after, call)) {
      case 'Allowed':
        // Beside a restriction of the owner's nothing may be allowed that was not before.
        if ((await isRestricted(before, call, namesOtherKey)) && (await decide(before, call)) !== 'Allowed') {
          found.push(`widened beside an owner's restriction: ${words}`)
        }
        break
      case 'ExplicitlyDenied':
        if (!notes.includes('conditional-deny')) found.push(`denied without a note: ${words}`)
        break
      case 'ImplicitlyDenied':
        if (!notes.includes('restricted-by-owner') || !(await isSpared(before, call, wanted))) {
          found.push(`not allowed: ${words}`)
        } else if (hasOneOfOurs(before, wanted.sid) && (await decide(before, call)) === 'Allowed') {
          found.push(`taken away: ${words}`)
        }
    }
  }
  return found
}

/** Everybody else must be treated as the statements treat them that stay; and only statements of ours may go. */
async function againstOthers(
  before: TrustPolicy,
  after: TrustPolicy,
  others: readonly Request[],
  ownSid: string,
): Promise<readonly string[]> {
  const isKept = (statement: Statement) => after.statements.some((other) => isDeepStrictEqual(statement, other))
  const kept = { ...before, statements: before.statements.filter(isKept) }
  const found = before.statements
    .filter((statement) => !isKept(statement) && !isOurs(statement, ownSid))
    .map((statement) => `not ours, and lost: ${JSON.stringify(statement)}`)
  for (const request of others) {
    const [was, is] = [await decide(kept, request), await decide(after, request)]
    if (was !== is) found.push(`${was} became ${is}: ${JSON.stringify(request)}`)
  }
  return found
}

/** A wanted call must be denied now, and still be so with all of the wanted access appended. */
async function againstDenial(before: TrustPolicy, wanted: WantedAccess, detail: string) {
  const ours = {
    Effect: 'Allow',
    Principal: { Federated: wanted.providers },
    Action: wanted.actions,
    Condition: { StringEquals: { 'SAML:aud': wanted.audiences } },
  }
  if (await isDenied({ ...before, statements: [...before.statements, ours] }, wanted)) return []
  const deny = before.statements[Number(/^Statement\[(\d+)\]/.exec(detail)?.[1])]
  if (deny === undefined || !readsPrincipalOtherwise(deny)) return [`blocked, and the judge denies nothing: ${detail}`]
  // All but the principal is for the judge to say.
  const named = { ...deny, Principal: { Federated: wanted.providers }, NotPrincipal: undefined }
  return (await isDenied({ ...before, statements: [named] }, wanted))
    ? []
    : [`blocked, and the judge denies nothing: ${detail}`]
}

async function isDenied(policy: TrustPolicy, wanted: WantedAccess): Promise<boolean> {
  for (const call of callsOf(wanted)) if ((await decide(policy, call)) === 'ExplicitlyDenied') return true
  return false
}

/**
 * The engine takes `Federated: "*"` in a Deny for everybody who is federated, and a `NotPrincipal` that names the account
 * for everybody but its users and roles; the judge reads both the other way.
 */
function readsPrincipalOtherwise({ Principal: principal, NotPrincipal: notPrincipal }: Statement): boolean {
  const accounts = [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`]
  return (
    valuesOf(principal, 'Federated').includes('*') ||
    valuesOf(notPrincipal, 'AWS').some((one) => accounts.includes(String(one)))
  )
}

/**
 * With an owner's restriction somewhere, a wanted call need not be allowed: where the restriction is on it; where it is on
 * its action for some wanted provider; and where a statement of ours was there before, which is one for all and stays
 * within what it granted.
 */
async function isSpared(before: TrustPolicy, call: Request, wanted: WantedAccess): Promise<boolean> {
  if (await isRestricted(before, call, isForOwner)) return true
  for (const principal of wanted.providers) {
    if (await isRestricted(before, { ...call, principal }, isForOwner, [call.action])) return true
  }
  return before.statements.some((one) => isOurs(one, wanted.sid))
}

/** Whether an Allow that names the caller ties one of the actions, the sign-in or the call itself, to more than is wanted. */
async function isRestricted(
  { version, statements }: TrustPolicy,
  call: Request,
  ties: (condition: unknown, version: unknown) => boolean,
  actions: readonly string[] = [SIGN_IN, call.action],
): Promise<boolean> {
  for (const statement of statements) {
    if (String(statement.Effect).toLowerCase() !== 'allow' || !ties(statement.Condition, version)) continue
    const federated = valuesOf(statement.Principal, 'Federated')
    const bare = { ...statement, Principal: { Federated: federated }, NotPrincipal: undefined, Condition: undefined }
    for (const action of actions)
      if ((await decide({ version, statements: [bare] }, { ...call, action })) === 'Allowed') return true
  }
  return false
}

function namesOtherKey(condition: unknown): boolean {
  return termsOf(condition).some(([, key]) => key.toLowerCase() !== 'saml:aud')
}

/** Names another key, or SAML:aud in a way that cannot be evaluated. */
function isForOwner(condition: unknown, version: unknown): boolean {
  return namesOtherKey(condition) || termsOf(condition).some(([operator, , value]) => isOpen(operator, value, version))
}

/** Whether AWS's documents leave open what an operator says of an audience. */
function isOpen(operator: string, value: unknown, version: unknown): boolean {
  const [, set, name = '', ifExists] = /^(forallvalues:|foranyvalue:)?(.*?)(ifexists)?$/i.exec(operator) ?? []
  const isEmpty = set === undefined && ifExists === undefined && isDeepStrictEqual(value, [])
  if (/^null$/i.test(name)) return isEmpty || ifExists !== undefined
  if (!/^string(not)?(equals|equalsignorecase|like)$/i.test(name)) return true
  return isEmpty || (version === '2012-10-17' && JSON.stringify(value).includes('${'))
}

function termsOf(condition: unknown): readonly (readonly [operator: string, key: string, value: unknown])[] {
  return Object.entries(condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys ?? {}).map(([key, value]) => [operator, key, value] as const),
  )
}

function isOurs({ Sid: sid, Principal: principal }: Statement, ownSid: string): boolean {
  return new RegExp(`^${ownSid}\\d*$`).test(String(sid)) && Object.keys(principal ?? {}).join() === 'Federated'
}

/** Several become one, which cannot give all that they gave. */
function hasOneOfOurs({ statements }: TrustPolicy, ownSid: string): boolean {
  return statements.filter((one) => isOurs(one, ownSid)).length === 1
}

function valuesOf(principal: unknown, type: string): readonly unknown[] {
  const found = Object.entries(principal ?? {}).find(([key]) => key === type)
  return found === undefined ? [] : [found[1]].flat()
}

function policyOf(document: string | undefined): TrustPolicy {
  const { Version: version, Statement: statements = [] } = JSON.parse(document?.trim() ? document : '{}')
  return { version, statements: [statements].flat() }
}

function callsOf({ providers, actions, audiences }: WantedAccess): readonly Request[] {
  return providers.flatMap((principal) =>
    actions.flatMap((action) => audiences.map((audience) => ({ principal, action, audience }))),
  )
}

/** The judge knows that an action is two parts and a colon between; the engine leaves that to IAM, which refuses it too. */
function isMalformedAction(message: string): boolean {
  return /Action must be a wildcard|Service can only contain|Action can only contain|One of Action or NotAction/.test(
    message,
  )
}

import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'
import { ACCOUNT, AUDIENCE, SET_SOURCE, SIGN_IN } from './arbitraries/names.ts'

// iam-simulate as the judge: it knows nothing of the engine, and evaluates trust policies as IAM does.

/** One call of STS on a role. */
export interface Request {
  /** An ARN, a service, a web identity provider, or ANONYMOUS. */
  readonly principal: string
  readonly action: string
  /** The value of SAML:aud, where the request has one. */
  readonly audience: string | undefined
}

export const ANONYMOUS = 'anonymous'

type Statements = readonly unknown[]

/** What the judge says of a request to a role with these statements in its trust policy. */
export async function decide(statements: Statements, { principal, action, audience }: Request) {
  const text = JSON.stringify(statements.map(knownKeys))
  // AWS's table of condition keys, which the judge goes by, has no SAML:aud for SetSourceIdentity, and it drops what is not
  // there; IAM's guide has a trust policy with just that. So the judge is told the key by a name that it lets in.
  const key = action === SET_SOURCE ? 'aws:PrincipalTag/SAML:aud' : 'SAML:aud'
  const renamed = action === SET_SOURCE ? text.replaceAll(/"(saml:aud)":/gi, '"aws:PrincipalTag/$1":') : text
  const result = await runSimulation(
    {
      request: {
        principal: principal === ANONYMOUS ? anonymousPrincipal : principal,
        action,
        resource: { resource: `arn:aws:iam::${ACCOUNT}:role/team/analyst`, accountId: ACCOUNT },
        contextVariables: audience === undefined ? {} : { [key]: audience },
      },
      identityPolicies: hasPermissions(principal) ? [{ name: 'all', policy: EVERYTHING }] : [],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      resourcePolicy: { Version: '2012-10-17', Statement: JSON.parse(renamed) },
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult
}

/** Why the judge cannot say anything about statements, or undefined where it can. */
export async function refusal(statements: Statements): Promise<string | undefined> {
  try {
    await decide(statements, { principal: ANONYMOUS, action: SIGN_IN, audience: AUDIENCE })
    return undefined
  } catch (error) {
    return String(error)
  }
}

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }

/** Whoever has permissions of its own may use them, so that the trust policy alone decides. */
function hasPermissions(principal: string): boolean {
  return principal !== ANONYMOUS && !new RegExp(`:${ACCOUNT}:(saml|oidc)-provider/`).test(principal)
}

const KEYS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

/** The judge refuses a document for one key that IAM's grammar does not know; the rest of it still has a meaning. */
function knownKeys(statement: unknown): unknown {
  if (typeof statement !== 'object' || statement === null || Array.isArray(statement)) return statement
  return Object.fromEntries(Object.entries(statement).filter(([key]) => KEYS.includes(key)))
}

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

/** What there is to judge of a trust policy: its Version, whatever it holds, and its statements. */
export interface Policy {
  readonly version: unknown
  readonly statements: readonly unknown[]
}

/** What the judge says of a request to a role with this trust policy. */
export async function decide({ version, statements }: Policy, { principal, action, audience }: Request) {
  const text = JSON.stringify(statements.map((statement) => translated(statement, version)))
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

/** Why the judge cannot say anything about a trust policy, or undefined where it can. */
export async function refusal(policy: Policy): Promise<string | undefined> {
  try {
    await decide(policy, { principal: ANONYMOUS, action: SIGN_IN, audience: AUDIENCE })
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

/**
 * A statement as the judge has to be told it to read it as AWS's documents do (docs/proof.md, "What it is told in another
 * form"). Keys that IAM's grammar does not know are left out.
 */
function translated(statement: unknown, version: unknown): unknown {
  if (!isObject(statement)) return statement
  const known = Object.entries(statement).filter(([key]) => KEYS.includes(key))
  return Object.fromEntries(
    known.map(([key, value]) => {
      if (key === 'Effect') return [key, spelled(value)]
      return [key, key === 'Condition' && isCondition(value) ? translatedCondition(value, version) : value]
    }),
  )
}

function spelled(effect: unknown): unknown {
  return ['Allow', 'Deny'].find((name) => name.toLowerCase() === String(effect).toLowerCase()) ?? effect
}

function translatedCondition(condition: Readonly<Record<string, Values>>, version: unknown): unknown {
  const terms = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys).flatMap(([key, value]) => translatedTerm(operator, key, value)),
  )
  const text = JSON.stringify(
    Object.fromEntries(terms.map(([operator, key, value], index) => [variant(operator, index), { [key]: value }])),
  )
  // biome-ignore lint/suspicious/noTemplateCurlyInString: IAM's policy variables look so, and its escape for a dollar sign.
  return JSON.parse(version === '2012-10-17' ? text : text.replaceAll('${', '${$}{'))
}

type Values = Readonly<Record<string, unknown>>
type Term = readonly [operator: string, key: string, value: unknown]

/** No request has this key, and no value of it would match. */
const NEVER: Term = ['ForAnyValue:NumericEquals', 'aws:EpochTime', '-1']

function translatedTerm(operator: string, key: string, value: unknown): readonly Term[] {
  const [, set, ifExists] = /^(forallvalues:|foranyvalue:)?.*?(ifexists)?$/i.exec(operator.toLowerCase()) ?? []
  if (operator.toLowerCase() === 'forallvalues:null') return []
  if (operator.toLowerCase() === 'foranyvalue:null') return [NEVER]
  if (!Array.isArray(value) || value.length > 0) return [[operator, key, value]]
  if (set === 'foranyvalue:') return [NEVER]
  return set !== undefined || ifExists !== undefined ? [['Null', key, 'true']] : [[operator, key, value]]
}

/** The same operator in another letter case for each term, so that two may name the same one. */
function variant(operator: string, index: number): string {
  const [name = '', set] = operator.split(':').reverse()
  const letters = Array.from(name, (letter, at) => ((index >> at) & 1 ? letter.toUpperCase() : letter.toLowerCase()))
  return [...(set === undefined ? [] : [set]), letters.join('')].join(':')
}

function isCondition(value: unknown): value is Readonly<Record<string, Values>> {
  return isObject(value) && Object.values(value).every(isObject)
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

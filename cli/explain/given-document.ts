import * as z from 'zod/mini'
import { InvalidInputError } from '../../src/errors.ts'
import { parseJson } from '../session/parse-json.ts'

/** A trust policy that somebody handed in. */
export interface GivenDocument {
  /** As JSON text. */
  readonly document: string
  /** The role whose description it was taken out of, where it stood in one: its name, or empty. */
  readonly roleName: string | undefined
}

const Role = z.looseObject({ RoleName: z.optional(z.string()), AssumeRolePolicyDocument: z.optional(z.unknown()) })
/** What `aws iam get-role` prints, or `get-account-authorization-details` and `list-roles` of a single role. */
const Described = z.union([
  z.pipe(
    z.looseObject({ Role }),
    z.transform(({ Role }) => [Role]),
  ),
  z.pipe(
    z.looseObject({ Roles: z.array(Role) }),
    z.transform(({ Roles }) => Roles),
  ),
  z.pipe(
    z.looseObject({ RoleDetailList: z.array(Role) }),
    z.transform(({ RoleDetailList }) => RoleDetailList),
  ),
  z.pipe(
    Role.check(z.refine((role) => 'AssumeRolePolicyDocument' in role)),
    z.transform((role) => [role]),
  ),
])
const Plan = z.looseObject({ format: z.string(), changes: z.unknown() })

const A_TRUST_POLICY = 'a trust policy as JSON, or what `aws iam get-role --role-name NAME --output json` prints'

/** The description of a role with all that it may hold is far shorter; a fault in much more would take long to find. */
const LONGEST = 1_000_000

/** The elements of a policy at the top (IAM User Guide, "Grammar of the IAM JSON policy language"). */
const TOP_LEVEL = ['Version', 'Id', 'Statement']

/**
 * The trust policy in a text: the text itself, or what the description of a role by the AWS CLI or the API holds.
 *
 * @param expected completes "expected …"
 * @throws InvalidInputError that says what was found in its place
 */
export function readGivenDocument(text: string, label: string, expected = A_TRUST_POLICY): GivenDocument {
  if (text.length > LONGEST) {
    throw new InvalidInputError(`${label}: found ${text.length} characters, expected ${expected}`)
  }
  const value = parseJson(text, label, expected)
  const wrong = (found: string) => new InvalidInputError(`${label}: found ${found}, expected ${expected}`)
  if (typeof value === 'string') return { document: documentIn(value, label, expected), roleName: undefined }
  if (typeof value !== 'object' || value === null) throw wrong(JSON.stringify(value))
  if (Array.isArray(value)) throw wrong(`a list of ${value.length}`)
  const described = z.safeParse(Described, value)
  if (described.success) {
    const [role, ...others] = described.data
    if (role === undefined || others.length > 0) throw wrong(`${described.data.length} roles`)
    const { RoleName = '', AssumeRolePolicyDocument: held } = role
    if (held === undefined) throw wrong('a role without AssumeRolePolicyDocument')
    return {
      document: typeof held === 'string' ? documentIn(held, label, expected) : JSON.stringify(held),
      roleName: RoleName,
    }
  }
  if (z.safeParse(Plan, value).success) throw wrong('a saved plan')
  const keys = Object.keys(value)
  if (keys.length > 0 && !keys.some((key) => TOP_LEVEL.includes(key))) {
    throw wrong(`an object with ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', …' : ''}`)
  }
  return { document: text, roleName: undefined }
}

/** IAM hands documents out URL-encoded (RFC 3986); a text that is JSON already stays. */
function documentIn(text: string, label: string, expected: string): string {
  const document = text.trimStart().startsWith('%') ? decoded(text) : text
  parseJson(document, label, expected)
  return document
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Cut short, or never encoded: it is no JSON either, which is told.
    return text
  }
}

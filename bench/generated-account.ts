import { RoleStore, type StoredRole } from '../fake-aws/role-store.ts'

// The roles of an account of any size, each worked out anew whenever it is asked for.

const ACCOUNT = 'arn:aws:iam::111122223333'
const PROVIDER = `${ACCOUNT}:saml-provider/Okta`

const okta = {
  Sid: 'OktaSso',
  Effect: 'Allow',
  Principal: { Federated: PROVIDER },
  Action: 'sts:AssumeRoleWithSAML',
  Condition: { StringEquals: { 'SAML:aud': 'https://signin.aws.amazon.com/saml' } },
}
const others = [
  { Service: 'ec2.amazonaws.com' },
  { Service: ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] },
  { AWS: ['arn:aws:iam::444455556666:root', `${ACCOUNT}:role/release`] },
].map((principal) => ({ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }))

/** A trust policy, for a baseline that has none to write. */
export const SOME_DOCUMENT = JSON.stringify({ Version: '2012-10-17', Statement: others })

/** Of 100 roles, 2 are due, 48 are right already, and 50 have no tag. */
export function generatedRole(index: number): StoredRole {
  const digits = `${index}`.padStart(6, '0')
  const name = `workload-${index % 40}-service-${digits}`
  const isTagged = index % 2 === 0
  const statements = [others[index % others.length], ...(isTagged && !isDue(index) ? [okta] : [])]
  return {
    name,
    path: '/',
    arn: `${ACCOUNT}:role/${name}`,
    id: `AROA${digits.padStart(17, '0')}`,
    tags: { team: `team-${index % 40}`, 'cost-center': '4711', ...(isTagged && { 'okta-sso': 'true' }) },
    document: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
  }
}

/** Every role is due, because the provider was replaced, and has a trust policy of 1,700 characters. */
export function roleOfReplacedProvider(index: number): StoredRole {
  const before = { ...okta, Principal: { Federated: `${PROVIDER}-2023` } }
  const people = { Effect: 'Allow', Principal: { AWS: releaseRoles(index) }, Action: 'sts:AssumeRole' }
  const document = JSON.stringify({ Version: '2012-10-17', Statement: [...others, before, people] })
  return { ...generatedRole(index), tags: { team: `team-${index % 40}`, 'okta-sso': 'true' }, document }
}

/** As many as fill a document to 1,700 characters. */
function releaseRoles(index: number): readonly string[] {
  return Array.from(
    { length: 21 },
    (_, nth) => `arn:aws:iam::${444455550000 + nth}:role/release-${`${index}`.padStart(6, '0')}`,
  )
}

export function isDue(index: number): boolean {
  return index % 50 === 0
}

/** The index of the nth role that is due. */
export function nthDue(nth: number): number {
  return nth * 50
}

/** The index of a role that is right already, another one for each number. */
export function nthRight(nth: number): number {
  return nth * 50 + 2
}

export function indexOf(roleName: string): number {
  return Number(roleName.slice(-6))
}

/** It takes no memory but for the roles that are written. */
export class GeneratedRoles extends RoleStore {
  readonly #count: number
  readonly #roleOf: (index: number) => StoredRole

  constructor(count: number, roleOf: (index: number) => StoredRole) {
    super()
    this.#count = count
    this.#roleOf = roleOf
  }

  override get count(): number {
    return this.#count
  }

  override get(name: string): StoredRole {
    return super.get(name) ?? this.#roleOf(indexOf(name))
  }

  override list(start = 0, end = this.#count): readonly StoredRole[] {
    return Array.from({ length: Math.min(end, this.#count) - start }, (_, index) => this.#roleOf(start + index))
  }
}

import { type Account, createAccount } from './account.ts'
import type { AnyCall } from './api-calls.ts'

export interface OrganizationOptions {
  /** Id of the account whose credentials call, without a role. */
  readonly caller?: string
  /** Ids of the accounts that may list the others. */
  readonly listers?: readonly string[]
  /** Called before each call is answered, with the account that it is made in: it may wait, throw, or never settle. */
  readonly onCall?: (call: AnyCall, accountId: string) => Promise<void> | void
}

export interface MemberOptions {
  readonly name?: string
  readonly state?: string
  /** Id of its OU. */
  readonly parent?: string
  /** Role that the caller may assume, with its path. */
  readonly reader?: string
  /** The account itself, made when it is first called. */
  readonly account?: () => Account
}

interface Member extends Required<Omit<MemberOptions, 'account'>> {
  readonly id: string
  readonly account: () => Account
}

/** What ListAccounts answers at most (Organizations API reference). */
const PAGE_SIZE = 20

const ROOT = 'r-ab12'

/**
 * An organization in memory, with the calls that list its accounts, and AssumeRole into each. Which account a call is made
 * in, its access key says.
 */
export class Organization {
  /** How many calls of each name were made. */
  readonly calls = new Map<string, number>()
  /** ARNs of the roles that were assumed, each with the name of the session. */
  readonly assumed: { readonly arn: string; readonly sessionName: string }[] = []
  /** Parents by the ids of the OUs. */
  readonly units = new Map<string, string>()
  readonly #members = new Map<string, Member>()
  readonly #caller: string
  readonly #listers: readonly string[]
  readonly #onCall: NonNullable<OrganizationOptions['onCall']>

  constructor({ caller = '111122223333', listers = [caller], onCall = () => {} }: OrganizationOptions = {}) {
    this.#caller = caller
    this.#listers = listers
    this.#onCall = onCall
  }

  addAccount(id: string, options: MemberOptions = {}): void {
    const { account: make = () => createAccount({ id }), ...others } = options
    let made: Account | undefined
    const account = () => {
      made ??= make()
      return made
    }
    const reader = 'okta-role-trust/okta-role-trust-dev-reader'
    this.#members.set(id, { id, name: `account-${id}`, state: 'ACTIVE', parent: ROOT, reader, ...others, account })
  }

  account(id: string): Account {
    return this.#member(id).account()
  }

  /** @throws Error that the SDK raises */
  async answer(call: AnyCall, accessKey: string): Promise<object> {
    const [, id = this.#caller] = /^ASIA(\d{12})$/.exec(accessKey) ?? []
    this.calls.set(call.name, (this.calls.get(call.name) ?? 0) + 1)
    await this.#onCall(call, call.name === 'AssumeRole' ? accountOf(call) : id)
    const input: Readonly<Record<string, unknown>> = { ...call.input }
    switch (call.name) {
      case 'ListAccounts':
        return this.#listed([...this.#members.values()], input.NextToken, id)
      case 'ListAccountsForParent': {
        this.#refuseUnknown(input.ParentId)
        const children = [...this.#members.values()].filter(({ parent }) => parent === input.ParentId)
        return this.#listed(children, input.NextToken, id)
      }
      case 'ListOrganizationalUnitsForParent': {
        this.#refuseUnknown(input.ParentId)
        const children = [...this.units].filter(([, parent]) => parent === input.ParentId)
        return { OrganizationalUnits: children.map(([Id]) => ({ Id, Name: Id })) }
      }
      case 'AssumeRole':
        return this.#assume(`${input.RoleArn}`, `${input.RoleSessionName}`)
      default:
        return this.account(id).answer(call)
    }
  }

  #listed(members: readonly Member[], token: unknown, lister: string): object {
    if (!this.#listers.includes(lister)) {
      throw failure('AccessDeniedException', "You don't have permissions to access this resource.")
    }
    const start = Number(token ?? 0)
    const page = members.slice(start, start + PAGE_SIZE)
    return {
      Accounts: page.map(({ id, name, state }) => ({ Id: id, Name: name, State: state })),
      NextToken: start + PAGE_SIZE < members.length ? `${start + PAGE_SIZE}` : undefined,
    }
  }

  #refuseUnknown(parent: unknown): void {
    if (parent === ROOT || this.units.has(`${parent}`)) return
    throw failure('ParentNotFoundException', "You specified a target that doesn't exist.")
  }

  #assume(arn: string, sessionName: string): object {
    const [, id = '', role = ''] = /^arn:[\w-]+:iam::(\d+):role\/(.+)$/.exec(arn) ?? []
    const member = this.#members.get(id)
    if (member === undefined || member.state !== 'ACTIVE' || member.reader !== role) {
      const user = `arn:aws:sts::${this.#caller}:assumed-role/platform-engineer/alice`
      throw failure(
        'AccessDenied',
        `User: ${user} is not authorized to perform: sts:AssumeRole on resource: ${arn}`,
        403,
      )
    }
    this.assumed.push({ arn, sessionName })
    return {
      Credentials: {
        AccessKeyId: `ASIA${id}`,
        SecretAccessKey: 'secret',
        SessionToken: 'token',
        Expiration: new Date(Date.now() + 900_000),
      },
      AssumedRoleUser: { Arn: `arn:aws:sts::${id}:assumed-role/${role}/${sessionName}`, AssumedRoleId: 'AROA:x' },
    }
  }

  #member(id: string): Member {
    const member = this.#members.get(id)
    if (member === undefined) throw new Error(`the organization has no account ${id}`)
    return member
  }
}

/** An error as AWS answers it. */
export function failure(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } })
}

function accountOf({ input }: AnyCall): string {
  return /iam::(\d+):/.exec('RoleArn' in input ? `${input.RoleArn}` : '')?.[1] ?? ''
}

import { readdirSync, readFileSync } from 'node:fs'
import { createAccount } from '../../test/account/account.ts'
import { addRealisticRoles } from '../../test/account/realistic-roles.ts'

const CASES = new URL('../../test/trust-policy/cases/', import.meta.url)
const OWN_ACCOUNT = '111122223333'

/**
 * So many trust policies, the same at each call and no two alike where they name another account: in turn one of the
 * realistic roles and one of the known cases, so that right, due and blocked ones all occur. Every fourth has white space.
 */
export function trustPolicies(count: number): readonly string[] {
  const account = createAccount()
  addRealisticRoles(account)
  const roles = account.roles().flatMap(({ document }) => document ?? [])
  const cases = readdirSync(CASES)
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, CASES), 'utf8')))
    // Without those that are no JSON object: the baseline could not read them.
    .flatMap(({ current }) => (typeof current === 'object' && current !== null ? [JSON.stringify(current)] : []))
  return Array.from({ length: count }, (_, index) => {
    const templates = index % 2 === 0 ? roles : cases
    const text = templates[Math.floor(index / 2) % templates.length] ?? '{}'
    const varied = text.replace(/\d{12}/g, (id) => (id === OWN_ACCOUNT ? id : otherAccount(Number(id), index)))
    return index % 4 < 3 ? varied : JSON.stringify(JSON.parse(varied), null, 2)
  })
}

function otherAccount(id: number, index: number): string {
  return `${100_000_000_000 + ((id + index * 7_919) % 900_000_000_000)}`
}

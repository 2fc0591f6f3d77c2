import { readdirSync, readFileSync } from 'node:fs'
import { createAccount } from '../../fake-aws/account.ts'
import { addRealisticRoles } from '../../fake-aws/realistic-roles.ts'
import type { Plan } from '../../src/trust-policy/plan.ts'
import { planOf } from './plan-of.ts'

const CASES = new URL('../../test/trust-policy/cases/', import.meta.url)
const OWN_ACCOUNT = '111122223333'

export type Kind = 'right' | 'due' | 'dueAsFound'

/**
 * So many trust policies of each kind, the same at each call and no two alike where they name another account: in turn one
 * of the realistic roles and one of the known cases that are of this kind. IAM shows a document with the white space that
 * somebody wrote it with, and those of this system have none.
 */
export function trustPolicies(count: number): Readonly<Record<Kind, readonly string[]>> {
  const roles = addRealisticRoles(createAccount())
    .roles()
    .flatMap(({ document }) => document ?? [])
  const cases = readdirSync(CASES)
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, CASES), 'utf8')))
    // Without those that are no JSON object: the baseline could not read them.
    .flatMap(({ current }) => (typeof current === 'object' && current !== null ? [JSON.stringify(current)] : []))
  const fill = (kind: Plan['kind']) => {
    const [someRoles, someCases] = [roles, cases].map((texts) => texts.filter((text) => planOf(text).kind === kind))
    return Array.from({ length: count }, (_, index) => {
      const templates = (index % 2 === 0 ? someRoles : someCases) ?? []
      const text = templates[Math.floor(index / 2) % templates.length] ?? '{}'
      return text.replace(/\d{12}/g, (id) => (id === OWN_ACCOUNT ? id : otherAccount(Number(id), index)))
    })
  }
  const due = fill('change')
  const dueAsFound = due.map((text, index) => JSON.stringify(JSON.parse(text), null, index % 2 === 0 ? 2 : 4))
  return { right: fill('unchanged'), due, dueAsFound }
}

function otherAccount(id: number, index: number): string {
  return `${100_000_000_000 + ((id + index * 7_919) % 900_000_000_000)}`
}

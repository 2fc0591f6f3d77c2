import { describe, expect, test } from 'vitest'
import { renderRoles, type Snapshot } from '../../src/dashboard-widget/render-roles.ts'
import { roleConsoleUrl } from '../../src/dashboard-widget/role-console-url.ts'
import type { RoleResult } from '../../src/role/outcome.ts'
import { Survey } from '../../src/sweep/survey-roles.ts'
import { readPage } from './read-page.ts'

const awsAccount = { partition: 'aws', region: 'us-east-1', account: '111122223333' }
const surroundings = {
  tag: { key: 'okta-sso', value: 'true' },
  maxChanges: 50,
  mode: 'enforce',
  awsAccount,
  theme: 'light',
} as const
const role = (roleName: string) => ({ roleName, arn: `arn:aws:iam::111122223333:role/${roleName}`, notes: [] })

function lookAt(notDue: readonly RoleResult[]): Snapshot {
  const survey = new Survey()
  survey.notDue.push(...notDue)
  return {
    survey,
    wanted: {
      providers: ['arn:aws:iam::111122223333:saml-provider/Okta'],
      audiences: ['https://a'],
      actions: ['b'],
      sid: 'S',
    },
    warnings: [],
    time: new Date(0),
  }
}

const page = (notDue: readonly RoleResult[], maxBytes?: number) =>
  readPage(renderRoles(lookAt(notDue), surroundings, maxBytes).toString())

test('a role that failed comes first, with the fault, and without a link where IAM told no name', () => {
  const { rows } = page([
    { ...role('right'), kind: 'unchanged' },
    { ...role('stuck'), kind: 'blocked', reason: 'quota', detail: 'too long', before: '{}' },
    { roleName: '(no name)', arn: null, kind: 'failed', detail: 'found a role without its name', notes: [] },
  ])
  expect(rows.map(({ role, state, why }) => [role, state, why])).toEqual([
    ['(no name)', 'Failed', 'found a role without its name'],
    ['stuck', 'Blocked', 'quota too long'],
    ['right', 'Trusts Okta', ''],
  ])
  expect(rows.map(({ url }) => url !== undefined)).toEqual([false, true, true])
})

describe('the answer stays within what Lambda can return', () => {
  const many = Array.from(
    { length: 5000 },
    (_, index): RoleResult => ({
      ...role(`role-${`${index}`.padStart(4, '0')}`),
      kind: 'unchanged',
    }),
  )

  test('those that ask for the least are left out, the totals stay, and the page says how many are missing', () => {
    const stuck: RoleResult = { ...role('stuck'), kind: 'blocked', reason: 'quota', detail: 'too long', before: '{}' }
    const { rows, totals, below } = page([...many.slice(0, 50), stuck], 10_000)
    expect(rows[0]?.role).toBe('stuck')
    expect(rows.length).toBeLessThan(51)
    expect(totals).toEqual({ Blocked: 1, 'Trusts Okta': 50 })
    expect(below).toEqual([expect.stringMatching(new RegExp(`^${51 - rows.length} more roles do not fit here\\.`))])
  })

  test('every role of an account with 5,000 is shown', { timeout: 60_000 }, () => {
    const answer = renderRoles(lookAt(many), surroundings).toString()
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6 * 1024 * 1024)
    expect(readPage(answer)).toMatchObject({ rows: { length: 5000 }, below: [] })
  })

  test('however long the reasons are', { timeout: 60_000 }, () => {
    const long = many.map(
      (result): RoleResult => ({
        ...role(result.roleName),
        kind: 'blocked',
        reason: 'refused-by-iam',
        detail: '"<&>\n'.repeat(400),
        before: undefined,
      }),
    )
    const answer = renderRoles(lookAt(long), surroundings).toString()
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(6 * 1024 * 1024)
    expect(readPage(answer).below).toEqual([expect.stringMatching(/^\d+ more roles do not fit/)])
  })
})

test.each([
  ['aws', 'us-east-1', 'https://us-east-1.console.aws.amazon.com/iam/home?region=us-east-1'],
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/iam/home?region=us-gov-west-1'],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/iam/home?region=cn-north-1'],
  ['aws-eusc', 'eusc-de-east-1', 'https://eusc-de-east-1.console.amazonaws-eusc.eu/iam/home?region=eusc-de-east-1'],
])('the console of partition %s is its own', (partition, region, start) => {
  const url = roleConsoleUrl('data-analyst', { partition, region, account: '111122223333' })
  expect(url).toBe(`${start}#/roles/details/data-analyst?section=trust_relationships`)
})

test('a partition whose console is not known gets no link', () => {
  expect(roleConsoleUrl('data-analyst', { ...awsAccount, partition: 'aws-iso' })).toBeUndefined()
})

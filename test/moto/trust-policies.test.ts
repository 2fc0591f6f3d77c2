import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { beforeAll, describe, expect, inject, test, vi } from 'vitest'
import { iamClient, iamWriteClient } from '../../src/aws/clients.ts'
import { iamRoles } from '../../src/aws/iam-roles.ts'
import { planFor, type TrustCase, tables, textOf } from '../trust-policy/case-tables.ts'
import { type Disagreement, REFUSED_BY_MOTO, TAKEN_BY_MOTO } from './disagreements.ts'

// A second, independent opinion on what IAM takes, asked by the code that asks IAM.

const TAGS = [
  { Key: 'okta-sso', Value: 'true' },
  { Key: 'cost centre', Value: 'größer + 50 %' },
]
const EC2 = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

const cases = tables.flatMap((table) => table.cases)
/** All but those of a role without a trust policy: IAM knows none, and such an answer is never planned for. */
const written = cases.filter((entry) => entry.expected.kind === 'change' && textOf(entry)?.trim())
const malformed = cases.filter(({ expected }) => expected.kind === 'blocked' && expected.reason === 'malformed')

let iam: ReturnType<typeof iamClient>
let roles: ReturnType<typeof iamRoles>
let rolesMade = 0

beforeAll(() => {
  vi.stubEnv('AWS_ENDPOINT_URL', inject('motoEndpoint'))
  iam = iamClient()
  roles = iamRoles(iam, iamWriteClient(iam))
})

/** Makes a role with the document as it stands: CreateRole of moto does not look at it. */
async function createRole(document: string): Promise<string> {
  rolesMade += 1
  const name = `role-${rolesMade}`
  const input = { RoleName: name, Path: '/analytics/', Tags: TAGS, AssumeRolePolicyDocument: document }
  await iam.send(new CreateRoleCommand(input))
  return name
}

async function trustPolicyOf(name: string): Promise<string | undefined> {
  const role = await roles.readRole(name)
  return role?.document
}

function disagreementOn<Kind extends Disagreement>({ name }: TrustCase, among: readonly Kind[]): Kind | undefined {
  return among.find((disagreement) => disagreement.cases.includes(name))
}

describe('a trust policy that the engine writes', () => {
  for (const entry of written) test(entry.name, () => checkWritten(entry))
})

describe('a trust policy that the engine calls malformed', () => {
  for (const entry of malformed) test(entry.name, () => checkMalformed(entry))
})

async function checkWritten(entry: TrustCase): Promise<void> {
  const name = await createRole(textOf(entry) ?? '')
  const before = await trustPolicyOf(name)
  expect(before).toBe(textOf(entry))

  const plan = planFor(entry, before)
  const document = plan.kind === 'change' ? plan.document : ''
  const result = await roles.writeTrustPolicy(name, document)
  const after = await trustPolicyOf(name)

  const refusal = disagreementOn(entry, REFUSED_BY_MOTO)
  if (refusal === undefined) {
    expect(result).toEqual({ kind: 'written' })
    expect(after).toBe(document)
  } else {
    expect(result).toEqual({ kind: 'refused', message: `MalformedPolicyDocumentException: ${refusal.words}` })
    expect(after).toBe(before)
  }
}

async function checkMalformed(entry: TrustCase): Promise<void> {
  const name = await createRole(EC2)
  const result = await roles.writeTrustPolicy(name, documentRefused(entry))
  expect(result.kind).toBe(disagreementOn(entry, TAKEN_BY_MOTO) ? 'written' : 'refused')
}

/** The document itself; or, where a withdrawal would leave nothing, that nothing. */
function documentRefused(entry: TrustCase): string {
  const text = textOf(entry) ?? ''
  const leavesNothing =
    entry.operation === 'withdraw' && JSON.stringify(planFor(entry, text)).includes('nothing would be left')
  return leavesNothing ? JSON.stringify({ ...JSON.parse(text), Statement: [] }) : text
}

test.each([
  ['moto refuses', REFUSED_BY_MOTO, written],
  ['moto takes', TAKEN_BY_MOTO, malformed],
])('every disagreement names a case once, among those that %s', (_, disagreements, among) => {
  const named = disagreements.flatMap((disagreement) => disagreement.cases)
  expect(named).toEqual([...new Set(named)])
  expect(among.map(({ name }) => name)).toEqual(expect.arrayContaining(named))
})

describe('a role', () => {
  test('is read with its tags, path and ARN', async () => {
    const name = await createRole(EC2)
    expect(await roles.readRole(name)).toEqual({
      roleName: name,
      arn: `arn:aws:iam::123456789012:role/analytics/${name}`,
      path: '/analytics/',
      tags: TAGS.map(({ Key: key, Value: value }) => ({ key, value })),
      document: EC2,
    })
  })

  test('that is not there is neither read nor written', async () => {
    expect(await roles.readRole('nobody')).toBeUndefined()
    expect(await roles.writeTrustPolicy('nobody', EC2)).toEqual({ kind: 'gone' })
  })

  test('is found by the scan as it is read, and so are all others', async () => {
    await createRole(EC2)
    const found = []
    for await (const page of roles.scanRoles()) found.push(...page)
    expect(found).toHaveLength(rolesMade)
    for (const role of found) expect(role).toEqual(await roles.readRole(role.roleName))
  })
})

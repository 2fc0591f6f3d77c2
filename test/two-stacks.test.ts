import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Account } from '../fake-aws/account.ts'
import { batchOf, contextOf, eventFor, sample } from '../fake-aws/invocation.ts'
import { accountWithOkta, captureLogs, coldStart, ec2, managed, policy, TAGGED } from './functions.ts'

// A second identity provider is a second stack: with a tag, a parameter and a Sid of its own, in the same account.

const ENTRA_PARAMETER = '/entra/saml-provider-arn'
const BOTH_TAGS = { ...TAGGED, 'entra-sso': 'true' }
const entra = {
  ...managed,
  Sid: 'EntraSso',
  Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/Entra' },
}

let account: Account

beforeEach(() => {
  account = accountWithOkta()
  captureLogs()
})

const startOkta = (parameters = {}) => coldStart({ ON_UNTAG: 'revoke', ...parameters })
function startEntra(parameters = {}) {
  account.putParameter(ENTRA_PARAMETER, account.addProvider('Entra'))
  return coldStart({
    STACK_NAME: 'okta-role-trust-entra',
    PARAMETER_NAME: ENTRA_PARAMETER,
    TAG_KEY: 'entra-sso',
    SID: 'EntraSso',
    ON_UNTAG: 'revoke',
    ...parameters,
  })
}

/** CloudTrail's event of what a stack wrote. */
function writtenBy(stage: string, roleName: string) {
  const event = JSON.stringify(sample('own-update')).replaceAll('-dev-', `-${stage}-`)
  const { detail, ...envelope } = JSON.parse(event)
  const requestParameters = { ...detail.requestParameters, roleName }
  return { ...envelope, detail: { ...detail, eventTime: new Date().toISOString(), requestParameters } }
}

describe('two stacks serve a role that has the tags of both', () => {
  test('each adds its own statement, takes the write of the other for no reason to write, and comes to rest', async () => {
    account.addRole({ name: 'analyst', tags: BOTH_TAGS, document: policy(ec2) })
    const [okta, entraStack] = [await startOkta(), await startEntra()]
    const tell = async (event: unknown) => {
      for (const { roleEvent } of [okta, entraStack]) await roleEvent(batchOf(event), contextOf())
    }
    await tell(eventFor('tag-role', 'analyst'))
    expect(account.trustPolicy('analyst')).toEqual(policy(ec2, managed, entra))
    const writes = account.writes.length
    for (const stage of ['dev', 'entra', 'dev', 'entra']) await tell(writtenBy(stage, 'analyst'))
    for (const { scheduledSweep } of [okta, entraStack]) await scheduledSweep(sample('scheduled'), contextOf())
    expect(account.writes.length).toBe(writes)
    expect(account.countCalls('LookupEvents')).toBe(0)
  })

  test.each([
    ['okta-sso', policy(ec2, entra)],
    ['entra-sso', policy(ec2, managed)],
  ])('where the tag %s is gone, the statement of that stack goes, and no other', async (key, expected) => {
    account.addRole({ name: 'analyst', tags: BOTH_TAGS, document: policy(ec2, managed, entra) })
    account.untagRole('analyst', [key])
    const [okta, entraStack] = [await startOkta(), await startEntra()]
    for (const { scheduledSweep } of [okta, entraStack, okta]) await scheduledSweep(sample('scheduled'), contextOf())
    expect(account.trustPolicy('analyst')).toEqual(expected)
  })

  test('and lists no role as orphaned for the statement of the other', async () => {
    account.addRole({ name: 'analyst', document: policy(ec2, entra) })
    const { scheduledSweep } = await startOkta({ ON_UNTAG: 'keep' })
    expect((await scheduledSweep(sample('scheduled'), contextOf())).orphaned).toEqual([])
  })

  test('in whatever order their events come, and with replaced providers in between', async () => {
    const [okta, entraStack] = [await startOkta(), await startEntra()]
    const moves = {
      okta: () => okta.scheduledSweep(sample('scheduled'), contextOf()),
      entra: () => entraStack.scheduledSweep(sample('scheduled'), contextOf()),
      overwrite: async () => account.setTrustPolicy('analyst', policy(ec2)),
      rotate: async () => account.putParameter(ENTRA_PARAMETER, account.addProvider('Entra-2027')),
    }
    const move = fc.constantFrom('okta', 'entra', 'overwrite', 'rotate')
    await fc.assert(
      fc.asyncProperty(fc.array(move, { maxLength: 6 }), async (order) => {
        account.putParameter(ENTRA_PARAMETER, account.addProvider('Entra'))
        if (account.roles().length > 0) account.deleteRole('analyst')
        account.addRole({ name: 'analyst', tags: BOTH_TAGS, document: policy(ec2) })
        for (const name of [...order, 'okta', 'entra'] as const) await moves[name]()
        const writes = account.writes.length
        const rest = account.trustPolicy('analyst')
        for (const name of ['okta', 'entra', 'okta'] as const) await moves[name]()
        expect(account.writes.length).toBe(writes)
        const providers = JSON.stringify(rest)
        const current = order.includes('rotate') ? 'Entra-2027' : 'Entra'
        expect(providers).toContain('saml-provider/Okta"')
        expect(providers).toContain(`saml-provider/${current}"`)
        expect(Object(rest).Statement).toHaveLength(3)
      }),
      { numRuns: 40 },
    )
  })
})

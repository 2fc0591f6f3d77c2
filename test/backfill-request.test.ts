import { describe, expect, test } from 'vitest'
import { sample } from '../fake-aws/invocation.ts'
import { readBackfillRequest } from '../src/sweep/backfill-request.ts'

test.each([[undefined], [null], [''], [{}]])('%j means every role, for real, without a cap', (payload) => {
  expect(readBackfillRequest(payload)).toEqual({
    dryRun: false,
    roleNames: undefined,
    pathPrefix: undefined,
    maxChanges: Number.POSITIVE_INFINITY,
  })
})

test('the sample payloads are understood', () => {
  expect(readBackfillRequest(sample('backfill-dry-run'))).toMatchObject({ dryRun: true })
  expect(readBackfillRequest(sample('backfill-roles')).roleNames).not.toHaveLength(0)
  expect(readBackfillRequest(sample('backfill-path-prefix')).pathPrefix).toMatch(/^\/.*\/$/)
})

describe('anything else is refused with what was found and expected', () => {
  test.each([
    [{ dryrun: true }, 'payload: found dryrun, expected no other keys than dryRun, roles, pathPrefix and maxChanges'],
    [{ dryRun: 'yes' }, 'payload.dryRun: found "yes", expected true or false'],
    [{ roles: 'analyst' }, 'payload.roles: found "analyst", expected a list of role names'],
    [{ roles: [] }, 'payload.roles: found [], expected at least one role name'],
    [{ roles: ['a', 'arn:aws:iam::1:role/b'] }, 'payload.roles.1: found "arn:aws:iam::1:role/b", expected a role name'],
    [{ pathPrefix: 'team/' }, 'payload.pathPrefix: found "team/", expected a path that starts and ends with /'],
    [{ pathPrefix: '/team' }, 'payload.pathPrefix: found "/team", expected a path that starts and ends with /'],
    [{ maxChanges: 2.5 }, 'payload.maxChanges: found 2.5, expected a whole number'],
    [{ maxChanges: -1 }, 'payload.maxChanges: found -1, expected a whole number of 0 or more'],
    [{ roles: ['a'], pathPrefix: '/a/' }, 'payload: found both roles and pathPrefix'],
    ['dry run', 'payload: found "dry run", expected an object such as {"dryRun": true}'],
    [[], 'payload: found [], expected an object'],
  ])('%j', (payload, message) => {
    expect(() => readBackfillRequest(payload)).toThrow(message)
  })
})

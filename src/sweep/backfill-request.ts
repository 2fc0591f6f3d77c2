import * as z from 'zod/mini'
import { InvalidInputError } from '../errors.ts'
import { readInput } from '../input.ts'
import { ROLE_NAME, ROLE_PATH } from '../role/role.ts'
import type { SweepRequest } from './sweep.ts'

const roleName = z.string('a role name').check(z.regex(ROLE_NAME, 'a role name, without path or ARN'))

const Payload = z.strictObject(
  {
    dryRun: z.optional(z.boolean('true or false')),
    roles: z.optional(z.array(roleName, 'a list of role names').check(z.minLength(1, 'at least one role name'))),
    pathPrefix: z.optional(z.string('a path').check(z.regex(ROLE_PATH, 'a path that starts and ends with /'))),
    maxChanges: z.optional(z.int('a whole number').check(z.gte(0, 'a whole number of 0 or more'))),
  },
  {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? 'no other keys than dryRun, roles, pathPrefix and maxChanges'
        : 'an object such as {"dryRun": true}',
  },
)

/**
 * Reads the payload of a backfill (rule 6.3). Nothing at all means every role, for real, and without a cap: whoever
 * invokes it by hand may have looked at a dry run before.
 *
 * @throws InvalidInputError that names what was found and what was expected; nothing was read or written
 */
export function readBackfillRequest(payload: unknown): SweepRequest {
  const empty = payload === undefined || payload === null || payload === ''
  const { dryRun = false, roles, pathPrefix, maxChanges } = readInput(Payload, empty ? {} : payload, 'payload')
  if (roles !== undefined && pathPrefix !== undefined) {
    throw new InvalidInputError('payload: found both roles and pathPrefix, expected one of them')
  }
  return { dryRun, roleNames: roles, pathPrefix, maxChanges: maxChanges ?? Number.POSITIVE_INFINITY }
}

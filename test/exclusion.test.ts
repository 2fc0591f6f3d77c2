import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { exclusionProblem } from '../src/config/exclusion.ts'
import { isExcluded, mayBeExcluded } from '../src/role/scope.ts'

const chars = (set: string, size: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...set), ...size })
/** What IAM takes as a role's name, and between the slashes of its path. */
const names = chars('aZ0_+=,.@-', { minLength: 1, maxLength: 64 })
const parts = fc.array(chars('aZ0_+=,.@-!$()', { minLength: 1, maxLength: 12 }), { maxLength: 4 })
const roles = fc.record({ path: parts.map((list) => ['', ...list, ''].join('/')), roleName: names })

test('whatever matches a role that IAM could hold is taken', () => {
  fc.assert(
    fc.property(roles, fc.infiniteStream(fc.constantFrom('', '', '', '?', '*')), ({ path, roleName }, wildcards) => {
      const glob = [...(path + roleName)].map((letter) => wildcards.next().value || letter).join('')
      expect(isExcluded({ path, roleName }, glob)).toBe(true)
      expect(exclusionProblem(glob)).toBeUndefined()
    }),
  )
})

describe('what can match no role is named', () => {
  test.each([
    ['BreakGlass', 'begin with /: write */BreakGlass for any path'],
    ['team/*', 'begin with /: write */team/* for any path'],
    ['arn:aws:iam::111122223333:role/break-glass', 'it is an ARN: write only its path and name, /break-glass'],
    ['arn:aws:iam::*:role/team/*', 'name, /team/*'],
    ['arn:aws:iam::111122223333:user/me', 'name, /team/NAME'],
    ['role/break-glass', 'no role/ before them: write /break-glass'],
    ['role/team/*', 'before them: write /team/*'],
    ['role*', 'begin with /: write */role* for any path'],
    ['!/t/*', 'path and name together begin with /'],
    ['/', 'a path must be followed by a name'],
    ['/break-glass/', 'write /break-glass/*'],
    ['*/', 'a path must be followed by a name'],
    ['//x', 'two slashes in a row'],
    ['/team//x', 'two slashes in a row'],
    ['?', 'at least two characters'],
    ['/Break Glass', 'no path or name can contain " "'],
    ['/caf\u00e9', 'no path or name can contain "\u00e9"'],
    ['/team/a:b', 'no name can contain ":"'],
    [`/${'a'.repeat(65)}`, 'a name 64'],
    [`/${'?'.repeat(576)}`, 'a name 64'],
  ])('%s', (glob, why) => {
    expect(exclusionProblem(glob)).toContain(why)
  })
})

test.each(['*', '/*', '??', '/?', '*Admin*', '*/BreakGlass', '/break-glass/*', '/a:b/*', `/${'?'.repeat(575)}`])(
  '%s is taken',
  (glob) => {
    expect(exclusionProblem(glob)).toBeUndefined()
  },
)

test('an exclusion that matches a role may match it when only the beginning of its name is known', () => {
  const short = chars('ab', { minLength: 1, maxLength: 3 })
  const some = fc.record({ path: fc.constantFrom('/', '/a/', '/b/a/'), roleName: short })
  const globs = chars('/ab?*', { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(some, globs, fc.nat(2), ({ path, roleName }, glob, length) => {
      fc.pre(isExcluded({ path, roleName }, glob))
      expect(mayBeExcluded({ path, roleName: roleName.slice(0, length) }, glob)).toBe(true)
    }),
  )
})

test.each([
  ['/', 'x', '/admin*'],
  ['/', '', '/break-glass/*'],
  ['/', '', '/*/admin'],
  ['/team/', '', '/teams/*'],
])('the exclusion of another path or name cannot match: %s%s… and %s', (path, roleName, glob) => {
  expect(mayBeExcluded({ path, roleName }, glob)).toBe(false)
})

import { describe, expect, test } from 'vitest'
import { isTagged, protectionOf } from '../src/role/scope.ts'

const tag = { key: 'okta-sso', value: 'true' }
const roleAt = (path: string, roleName = 'analyst') => ({
  roleName,
  path,
  arn: `arn:aws:iam::111122223333:role${path}${roleName}`,
  tags: [],
  document: '{}',
})

describe('a role is tagged', () => {
  test.each([
    ['with the very key and value', [{ key: 'okta-sso', value: 'true' }], true],
    ['whatever the letter case of both', [{ key: 'Okta-SSO', value: 'TRUE' }], true],
    [
      'among other tags',
      [
        { key: 'team', value: 'data' },
        { key: 'okta-sso', value: 'true' },
      ],
      true,
    ],
    ['but not with another value', [{ key: 'okta-sso', value: 'false' }], false],
    ['but not with another key', [{ key: 'okta-sso2', value: 'true' }], false],
    [
      'but not where key and value stand on two tags',
      [
        { key: 'okta-sso', value: 'no' },
        { key: 'x', value: 'true' },
      ],
      false,
    ],
    ['but not with a Kelvin sign for the k', [{ key: 'o\u212Ata-sso', value: 'true' }], false],
    ['but not with a long s for an s', [{ key: 'okta-\u017Fso', value: 'true' }], false],
    ['but not with a fullwidth letter in the value', [{ key: 'okta-sso', value: 'tru\uFF45' }], false],
    ['but not without tags', [], false],
  ])('%s', (_, tags, expected) => {
    expect(isTagged(tags, tag)).toBe(expected)
  })

  test('by a value in which only the case of A to Z is ignored', () => {
    const isValue = (value: string) => isTagged([{ key: 'okta-sso', value }], { ...tag, value: 'K\u00C4' })
    expect(['k\u00C4', 'K\u00E4', '\u212A\u00C4'].map(isValue)).toEqual([true, false, false])
  })
})

describe('a role is protected', () => {
  test.each([
    [
      'a service-linked role',
      '/aws-service-role/ecs.amazonaws.com/',
      'AWSServiceRoleForECS',
      /anybody change roles under \/aws-service-role\//,
    ],
    [
      'a role of IAM Identity Center',
      '/aws-reserved/sso.amazonaws.com/',
      'AWSReservedSSO_ReadOnly',
      /anybody change roles under \/aws-reserved\//,
    ],
    ['a role of this system', '/okta-role-trust/', 'role-event', /belong to this system/],
    ['a role under an excluded path', '/break-glass/eu/', 'root-access', /\/break-glass\/\*/],
    ['a role with an excluded name', '/', 'OrgAdminAccess', /\*Admin\*/],
  ])('%s', (_, path, roleName, reason) => {
    expect(protectionOf(roleAt(path, roleName), ['/break-glass/*', '*Admin*'])).toMatch(reason)
  })

  test('but not for a reserved word elsewhere in its path, nor for another letter case of an exclusion', () => {
    expect(protectionOf(roleAt('/team/aws-reserved/'), [])).toBeUndefined()
    expect(protectionOf(roleAt('/', 'badminton'), ['*Admin*'])).toBeUndefined()
  })
})

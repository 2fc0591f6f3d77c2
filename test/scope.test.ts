import { describe, expect, test } from 'vitest'
import { isTagged, protectionOf } from '../src/scope.ts'

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
    ['but not without tags', [], false],
  ])('%s', (_, tags, expected) => {
    expect(isTagged(tags, tag)).toBe(expected)
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

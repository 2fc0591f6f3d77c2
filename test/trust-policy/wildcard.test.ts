import { expect, test } from 'vitest'
import { matchesWildcard } from '../../src/trust-policy/wildcard.ts'

test.each([
  ['sts:*', 'sts:AssumeRoleWithSAML', true],
  ['*', '', true],
  ['', '', true],
  ['', 'a', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['*SAML', 'sts:AssumeRoleWithSAML', true],
  ['*SAML', 'sts:AssumeRoleWithSAMLx', false],
  ['a*b*c', 'aXbYbZc', true],
  ['a*b*c', 'aXbYbZ', false],
  ['a.c', 'abc', false],
  ['abc', 'ab', false],
])('the pattern "%s" and "%s": %s', (pattern, text, expected) => {
  expect(matchesWildcard(pattern, text)).toBe(expected)
})

test('a pattern of many stars does not hold the process', () => {
  expect(matchesWildcard(`${'*a'.repeat(500)}b`, 'a'.repeat(2000))).toBe(false)
})

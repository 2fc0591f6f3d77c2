import { execFileSync, spawnSync } from 'node:child_process'
import { beforeAll, expect, test } from 'vitest'

let output: string

beforeAll(() => {
  output = execFileSync('npx', ['tsx', 'demo/run.ts'], { encoding: 'utf8' })
}, 60_000)

test.each([
  ['patched', 'data-analyst', 'access-missing'],
  ['planned', 'security-auditor', 'access-missing'],
  ['patched', 'security-auditor', 'access-missing'],
  ['patched', 'ml-engineer', 'managed-statement-differs'],
  ['unchanged', 'prod-readonly', 'trusts Okta already'],
  ['unchanged', 'platform-admin', 'trusts Okta already'],
  ['unchanged', 'support-engineer', 'trusts Okta already'],
  ['unchanged', 'finance-reporting', 'no-audience-condition'],
  ['unchanged', 'billing-viewer', 'restricted-by-owner'],
  ['blocked', 'vault-unsealer', 'explicit-deny'],
  ['blocked', 'shared-deployer', 'quota'],
  ['blocked', 'incident-responder', 'dangling-principal'],
  ['skipped', 'AWSServiceRoleForAutoScaling', 'protected'],
  ['untagged', 'ci-runner', 'out of scope'],
  ['orphaned', 'contractor-sandbox', 'has lost its tag'],
])('the demo tells that %s %s: %s', (kind, roleName, why) => {
  expect(output).toMatch(new RegExp(`^  ${kind} +${roleName}  ${why}`, 'm'))
})

test('the demo shows what changed as a diff', () => {
  expect(output).toContain('-        "Federated": "arn:aws:iam::111122223333:saml-provider/Okta-2023"')
  expect(output).toContain('+        "Federated": "arn:aws:iam::111122223333:saml-provider/Okta"')
})

test('the second sweep of the demo changes nothing', () => {
  expect(output.trimEnd()).toMatch(/ 8 unchanged, 1 skipped, 3 blocked\n {2}0 trust policies written$/)
})

test('the demo is plain text where it is not on a terminal', () => {
  expect(output).not.toContain('\u001b')
})

test('the demo goes on when nobody reads its output any more', () => {
  const { stdout, stderr } = spawnSync('sh', ['-c', 'npx tsx demo/run.ts | head -1'], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^An account with \d+ roles in memory\..*\n$/)
}, 60_000)

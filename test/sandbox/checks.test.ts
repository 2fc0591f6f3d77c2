import { expect, test, vi } from 'vitest'
import { Checks } from '../../sandbox/checks.ts'
import { Progress } from '../../sandbox/progress.ts'

const paint = (_colour: string, text: string) => text

test('what is as it should be is told in one line, what is not with the difference, and counted', () => {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(line)
  })
  const checks = new Checks(new Progress(paint), paint)
  checks.same('analyst', 'is patched', new Map([['Sid', 'OktaSso']]), new Map([['Sid', 'OktaSso']]))
  expect(checks.unmet).toBe(0)
  checks.same('auditor', 'is patched', { Sid: 'Other' }, { Sid: 'OktaSso' })
  checks.same('operator', 'is patched', undefined, { Sid: 'OktaSso' })
  expect(checks.unmet).toBe(2)
  const told = lines.join('\n')
  expect(told).toContain('✔ analyst            is patched')
  expect(told).toContain('✘ auditor            is patched')
  expect(told).toContain('✘ operator           is patched')
  expect(told).toMatch(/-.*OktaSso.*\n.*\+.*Other/)
})

import { expect, test, vi } from 'vitest'
import type { Account } from '../../acceptance/account.ts'
import { Ledger } from '../../acceptance/ledger.ts'
import { reportOf } from '../../acceptance/report.ts'
import { Progress } from '../../sandbox/progress.ts'

const paint = (_colour: string, text: string) => text
const account: Account = {
  account: '999988887777',
  partition: 'aws',
  region: 'us-east-1',
  arn: 'arn:aws:iam::999988887777:user/somebody',
  isLocal: false,
  target: {},
}

function ledgerOf(signal = new AbortController().signal) {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  return new Ledger(new Progress(paint), paint, signal)
}

test('the table has what was seen beside what was expected, and no line names the account', async () => {
  const ledger = ledgerOf()
  await ledger.step('deploy the stack', 'deployed', async () => 'deployed', 'about $0.01')
  await ledger.step('sign in before the patch', 'refused', async () => 'let in')
  ledger.notHere('sign in after the patch', 'let in', 'nobody may')
  expect(ledger.allMet).toBe(false)
  const observed = [
    { line: 'document-returned', observation: { seen: 'arn:aws:iam::999988887777:root' } },
    { line: 'widget-html', observation: { because: 'it takes eyes' } },
    { line: 'quota-told', observation: new Error('AccessDenied for 999988887777') },
  ]
  const report = reportOf(account, ledger.rows, observed, new Date('2027-01-31T23:00:00Z'))
  const rows = report.filter((line) => line.startsWith('|')).map((line) => line.split('|').map((cell) => cell.trim()))
  expect(rows[0]).toEqual(['', 'step', 'seen', 'expected', 'seconds', 'cost', ''])
  expect(rows[2]).toEqual(['', 'deploy the stack', 'deployed', 'deployed', '0.0', 'about $0.01', ''])
  expect(rows[3]).toEqual(['', 'sign in before the patch', '✘ let in', 'refused', '0.0', '0', ''])
  expect(rows[4]).toEqual(['', 'sign in after the patch', 'not seen here, because nobody may', 'let in', '', '0', ''])
  expect(report.slice(-3)).toEqual([
    '`document-returned`: 2027-01-31 us-east-1 (aws): arn:aws:iam::111122223333:root',
    '`widget-html`: 2027-01-31 us-east-1 (aws): not seen here, because it takes eyes',
    '`quota-told`: 2027-01-31 us-east-1 (aws): failed: AccessDenied for 111122223333',
  ])
  expect(report.join('\n')).not.toContain('999988887777')
})

test('what the root user saw of a trust policy stays as it was', () => {
  const observed = [{ line: 'document-returned', observation: { seen: 'arn:aws:iam::999988887777:root' } }]
  const report = reportOf({ ...account, arn: 'arn:aws:iam::999988887777:root' }, [], observed, new Date())
  expect(report.at(-1)).toContain('arn:aws:iam::111122223333:root')
})

test('no line names who ran it, and each fact is one line', () => {
  const arn = 'arn:aws:sts::999988887777:assumed-role/AWSReservedSSO_Admin_0123/jane.doe@example.com'
  const denied = new Error(`User: ${arn} is not authorized\nto perform: cloudtrail:LookupEvents`)
  const refused = { step: 'sign in after the patch', seen: `failed (${denied.message})`, expected: 'let in' }
  const row = { ...refused, seconds: 1, cost: '0', isMet: false }
  const observed = [{ line: 'untag-role-keys', observation: denied }]
  const report = reportOf({ ...account, arn }, [row], observed, new Date('2027-01-31T23:00:00Z'))
  expect(report.join('\n')).not.toMatch(/jane|AWSReservedSSO|999988887777/)
  expect(report.at(-1)).toBe(
    '`untag-role-keys`: 2027-01-31 us-east-1 (aws): failed: User: WHOEVER-RAN-IT is not authorized to perform: cloudtrail:LookupEvents',
  )
  expect(report.filter((line) => line.includes('\n'))).toEqual([])
})

test('of a local AWS no line can be taken for one of AWS', () => {
  const observed = [{ line: 'quota-told', observation: { seen: '2048' } }]
  const report = reportOf({ ...account, isLocal: true }, [], observed, new Date('2027-01-31T23:00:00Z'))
  expect(report.join('\n')).not.toContain('us-east-1 (aws)')
  expect(report.at(-1)).toContain('a local AWS, which says nothing of AWS itself')
})

test('a step that fails is in the table, and the run goes no further', async () => {
  const ledger = ledgerOf()
  const failing = ledger.step('deploy the stack', 'deployed', async () => {
    throw new Error('Access denied\nat once')
  })
  await expect(failing).rejects.toThrow('Access denied')
  expect(ledger.rows).toMatchObject([{ step: 'deploy the stack', seen: 'failed: Access denied', isMet: false }])
})

test('no step begins once the run was interrupted', async () => {
  const interrupted = new AbortController()
  const ledger = ledgerOf(interrupted.signal)
  interrupted.abort(new Error('interrupted'))
  const work = vi.fn(async () => 'done')
  await expect(ledger.step('deploy the stack', 'done', work)).rejects.toThrow('interrupted')
  expect(work).not.toHaveBeenCalled()
})

import { expect, test } from 'vitest'
import { version } from '../../package.json'
import { DOCUMENTS, textOf } from './documents.ts'

// What has to be changed together when a version is released (CONTRIBUTING, "Releasing").

const [, ...SECTIONS] = textOf('CHANGELOG.md').split(/^## /m)
const headings = SECTIONS.map((section) => section.split('\n')[0] ?? '')
const unreleased = headings.indexOf('[Unreleased]')
const released = headings.filter((_, index) => index !== unreleased)

test('each section of the changelog is what is not released, or one version with its date, the newest first', () => {
  expect(unreleased).toBeLessThanOrEqual(0)
  for (const heading of released) expect(heading).toMatch(/^\[\d+\.\d+\.\d+(?:-[\w.]+)?\] - \d{4}-\d{2}-\d{2}$/)
  const dates = released.map((heading) => heading.slice(-'2026-12-31'.length))
  expect(dates).toEqual(dates.toSorted().toReversed())
  const versions = released.map((heading) => heading.split(']')[0])
  expect(versions).toEqual([...new Set(versions)])
})

test('the version of package.json is the newest of the changelog, or one to come with changes of its own', () => {
  if (released[0]?.startsWith(`[${version}] `)) return
  expect(released.join('\n')).not.toContain(`[${version}]`)
  expect(unreleased).toBe(0)
  expect(SECTIONS[unreleased]).toMatch(/^- /m)
})

test('the latest release of that version alone is supported', () => {
  const rows = [...textOf('SECURITY.md').matchAll(/^\| (?!version|-)(.*?) +\| (\w+)/gm)]
  const [, minor] = /^(\d+\.\d+)\./.exec(version) ?? []
  expect(rows.map(([, named, supported]) => [named, supported])).toEqual([
    [`${minor}, its latest release`, 'yes'],
    ['anything older', 'no'],
  ])
})

test('the README says which version this is, and whether any is released', () => {
  const [, named, state] =
    /\*\*Maturity: version ([\d.]+\d(?:-[\w.]+)?)(?:, (not released))?\./.exec(textOf('README.md')) ?? []
  expect(named).toBe(version)
  expect(state !== undefined).toBe(released.length === 0)
})

test.each(DOCUMENTS)('examples in %s are of this version', (document) => {
  const examples = textOf(document).matchAll(/(?:version (\d+\.\d+\.\d+) is deployed|"productVersion": "([^"]+)")/g)
  expect(
    [...examples].flatMap(([, deployed, product]) => deployed ?? product ?? []).filter((v) => v !== version),
  ).toEqual([])
})

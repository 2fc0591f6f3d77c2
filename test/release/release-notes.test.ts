import { expect, test } from 'vitest'
import { releaseNotes } from '../../release/release-notes.ts'

const REPOSITORY = 'https://github.com/example/fork'

const CHANGELOG = `# Changelog

## [Unreleased]

### Added

- Not yet.

## [1.2.0] - 2026-11-30

### Added

- A thing ([docs/cli.md](docs/cli.md#doctor), [its place](#added), [AWS](https://aws.amazon.com)).

### Upgrading

- Do this first.

## [1.2.0-rc.1] - 2026-11-20

- To try.

## [1.1.0] - 2026-10-01

- An old thing.
`

const notesOf = (version: string, changelog = CHANGELOG) => releaseNotes(`v${version}`, version, changelog, REPOSITORY)

test('the notes are the section of the version, and its links lead to the files of the tag', () => {
  expect(notesOf('1.2.0')).toBe(
    `### Added

- A thing ([docs/cli.md](${REPOSITORY}/blob/v1.2.0/docs/cli.md#doctor), [its place](#added), [AWS](https://aws.amazon.com)).

### Upgrading

- Do this first.
`,
  )
  expect(notesOf('1.2.0-rc.1')).toBe('- To try.\n')
  expect(notesOf('1.1.0')).toBe('- An old thing.\n')
})

test('the notes do not depend on how the lines end, nor on whether the last one does', () => {
  expect(notesOf('1.2.0', CHANGELOG.replaceAll('\n', '\r\n'))).toBe(notesOf('1.2.0'))
  expect(notesOf('1.1.0', CHANGELOG.trimEnd())).toBe(notesOf('1.1.0'))
})

test.each(['v1.2.1', '1.2.0', 'v1.2.0-rc.1', 'V1.2.0', 'v', ''])('the tag %j is not that of version 1.2.0', (tag) => {
  expect(() => releaseNotes(tag, '1.2.0', CHANGELOG, REPOSITORY)).toThrow(
    `the tag ${tag} is not that of the version 1.2.0 in package.json: `,
  )
})

test.each([
  ['a version that only begins like one that is there', '1.2', CHANGELOG],
  ['a version with a dot where another has a letter', '1.2.0-rc.1', CHANGELOG.replace('1.2.0-rc.1', '1.2.0-rcx1')],
  ['what is not released', '2.0.0', CHANGELOG],
  ['a section with a heading of lower rank', '1.2.0', CHANGELOG.replace('## [1.2.0]', '### [1.2.0]')],
  ['nothing at all', '1.2.0', ''],
])('there is no section for %s', (_, version, changelog) => {
  expect(() => notesOf(version, changelog)).toThrow(
    new RegExp(
      `^CHANGELOG\\.md has no section for ${version}: put .* below a line "## \\[${version}\\] - \\d{4}-\\d{2}-\\d{2}"$`,
    ),
  )
})

test.each(['', ' - Unreleased', ' - TBD', ' (2026-11-30)', ' - 2026-11-30 [YANKED]'])(
  'a heading that ends in %j does not say when the version is released',
  (rest) => {
    const changelog = CHANGELOG.replace('[1.2.0] - 2026-11-30', `[1.2.0]${rest}`)
    expect(() => notesOf('1.2.0', changelog)).toThrow(
      `CHANGELOG.md does not say when 1.2.0 is released, but "## [1.2.0]${rest}": `,
    )
  },
)

test.each([
  ['nothing', ''],
  ['a heading', '### Added\n'],
  ['a comment', '<!-- later\n- a thing -->\n'],
  ['the address of a link', '[1.1.0]: https://github.com/example/fork/releases/tag/v1.1.0\n'],
])('a section with %s below its heading says nothing', (_, body) => {
  const changelog = CHANGELOG.replace('- An old thing.\n', body)
  expect(() => notesOf('1.1.0', changelog)).toThrow(
    'CHANGELOG.md says nothing of 1.1.0: write below "## [1.1.0] - 2026-10-01" what has changed',
  )
})

test('two sections for one version are refused', () => {
  const changelog = CHANGELOG.replace('[1.1.0] - ', '[1.2.0] - ')
  expect(() => notesOf('1.2.0', changelog)).toThrow('CHANGELOG.md has 2 sections for 1.2.0: make one of them')
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { checkRepository } from '../../release/repository.ts'

const ADDRESS = 'https://github.com/example/fork'
const URL = `git+${ADDRESS}.git`

test.each([{ type: 'git', url: URL }, URL])('the repository that releases is named: %j', (repository) => {
  expect(() => checkRepository({ repository }, ADDRESS)).not.toThrow()
})

test.each([
  [undefined, 'no repository'],
  [
    { url: 'git+https://github.com/example/original.git' },
    'the repository git+https://github.com/example/original.git',
  ],
  [{ url: 'git+https://github.com/example/fork-2.git' }, 'the repository git+https://github.com/example/fork-2.git'],
  [{ url: 'git+https://github.com/Example/fork.git' }, 'the repository git+https://github.com/Example/fork.git'],
  ['', 'the repository '],
])('another repository, or none, is told with what to type: %j', (repository, named) => {
  const manifest = repository === undefined ? {} : { repository }
  expect(() => checkRepository(manifest, ADDRESS)).toThrow(
    `package.json names ${named}, and npm accepts the provenance of ${ADDRESS} only where it names that: run \`npm pkg set repository=${URL}\`, commit, and tag that`,
  )
})

test.each([
  {},
  { repository: 'github:example/original' },
  { repository: { type: 'git', url: 'git+https://github.com/example/original.git' } },
])('what it says to type helps: %j', (before) => {
  const folder = mkdtempSync(join(tmpdir(), 'repository-'))
  try {
    const file = join(folder, 'package.json')
    writeFileSync(file, JSON.stringify({ name: 'x', version: '1.0.0', ...before }))
    const manifest = () => JSON.parse(readFileSync(file, 'utf8'))
    let command = ''
    try {
      checkRepository(manifest(), ADDRESS)
    } catch (error) {
      command = /`(.*)`/.exec(String(error))?.[1] ?? ''
    }
    execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' })
    expect(() => checkRepository(manifest(), ADDRESS)).not.toThrow()
  } finally {
    rmSync(folder, { recursive: true })
  }
})

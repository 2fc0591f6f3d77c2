import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'

// Each command is a process or two.
vi.setConfig({ testTimeout: 60_000 })

const FOLDER = '.github/workflows'
const Permissions = z.record(z.string(), z.enum(['read', 'write']))
const Step = z.strictObject({
  name: z.optional(z.string()),
  uses: z.optional(z.string()),
  run: z.optional(z.string()),
  if: z.optional(z.string()),
  with: z.optional(z.record(z.string(), z.unknown())),
  env: z.optional(z.record(z.string(), z.string())),
})
const Workflow = z.object({
  on: z.unknown(),
  permissions: Permissions,
  jobs: z.record(
    z.string(),
    z.looseObject({
      needs: z._default(
        z.union([
          z.pipe(
            z.string(),
            z.transform((job) => [job]),
          ),
          z.array(z.string()),
        ]),
        [],
      ),
      if: z.optional(z.string()),
      permissions: z.optional(Permissions),
      steps: z.array(Step),
    }),
  ),
})
const readWorkflow = (file: string) => z.parse(Workflow, parse(readFileSync(join(FOLDER, file), 'utf8')))
const release = readWorkflow('release.yml')
const { name, version, scripts } = z.parse(
  z.object({ name: z.string(), version: z.string(), scripts: z.record(z.string(), z.string()) }),
  JSON.parse(readFileSync('package.json', 'utf8')),
)

/** The jobs that must have succeeded before one starts. */
function neededBy(job: string): readonly string[] {
  const needs = release.jobs[job]?.needs ?? []
  return [...needs, ...needs.flatMap(neededBy)]
}

/** What GitHub evaluates before it starts a step. */
const expression = (text: string) => `$${`{{ ${text} }}`}`

const stepsOf = (job: string) => release.jobs[job]?.steps ?? []
const runsOf = (job: string) => stepsOf(job).flatMap(({ run }) => run ?? [])

/** The one step with that name. */
function stepOf(job: string, stepName: string) {
  const step = stepsOf(job).find((candidate) => candidate.name === stepName)
  if (step?.run === undefined) throw new Error(`the job ${job} has no step "${stepName}" that runs something`)
  return { ...step, run: step.run }
}

test('a tag of a version releases, and nothing else does', () => {
  expect(release.on).toEqual({ push: { tags: ['v*'] } })
})

test.each(readdirSync(FOLDER))('%s takes each action by its commit, and says which version that is', (file) => {
  const uses = [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/uses: (.*)/g)].map(([, action = '']) => action)
  expect(uses.length).toBeGreaterThan(0)
  for (const action of uses) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
})

test('each workflow takes the same version of an action', () => {
  const all = readdirSync(FOLDER).map((file) => readFileSync(join(FOLDER, file), 'utf8'))
  const uses = new Set([...all.join('\n').matchAll(/uses: (.*)/g)].map(([, action]) => action))
  const actions = [...uses].map((action) => action?.split('@')[0])
  expect(actions.toSorted()).toEqual([...new Set(actions)].toSorted())
})

test('each job may do what it has to, and no more', () => {
  expect(release.permissions).toEqual({})
  expect(Object.fromEntries(Object.entries(release.jobs).map(([job, { permissions }]) => [job, permissions]))).toEqual({
    verify: { contents: 'read' },
    build: { contents: 'read' },
    attest: { 'id-token': 'write', attestations: 'write' },
    github: { contents: 'write' },
    npm: { 'id-token': 'write' },
  })
})

test('what may write starts only after all that must pass, and runs nothing of the project', () => {
  const writing = Object.entries(release.jobs).filter(([, { permissions = {} }]) =>
    Object.values(permissions).includes('write'),
  )
  expect(writing.length).toBeGreaterThan(0)
  for (const [job, { steps }] of writing) {
    expect(neededBy(job)).toEqual(expect.arrayContaining(['verify', 'build']))
    expect(steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'))).toEqual([])
    for (const run of runsOf(job)) expect(run).not.toMatch(/npm (ci|install|run|exec)|npx/)
  }
})

test('what must pass is all of .ci/run and the proof, and what is released is built apart from it', () => {
  expect(runsOf('verify')).toEqual(['.ci/run', 'npm run test:proof'])
  expect(runsOf('build')).toEqual(expect.arrayContaining(['npm ci --no-audit --no-fund', 'npm run release']))
  for (const run of [...runsOf('verify'), ...runsOf('build')]) {
    const [, script] = /npm run (?:--silent )?([\w:]+)/.exec(run) ?? []
    if (script !== undefined) expect(scripts).toHaveProperty([script])
  }
})

test('npm is asked only where a variable of the repository says that the name is held, and last', () => {
  expect(release.jobs.npm?.if).toBe("vars.NPM_PUBLISH == 'true'")
  expect(stepOf('build', 'See that npm will accept the provenance').if).toBe(release.jobs.npm?.if)
  expect(neededBy('npm')).toEqual(expect.arrayContaining(['github', 'attest']))
})

test('a command takes what whoever tags may choose from the environment, where no shell reads it', () => {
  for (const job of Object.keys(release.jobs)) {
    for (const run of runsOf(job)) expect(run).not.toContain('${{')
  }
  // GitHub evaluates these: whatever the tag is, the outcome is one of two words.
  expect(stepOf('github', 'Publish the files on GitHub').env).toMatchObject({
    PRERELEASE: expression("contains(github.ref_name, '-')"),
  })
  expect(stepOf('npm', 'Publish the command line on npm').env).toEqual({
    NPM_TAG: expression("contains(github.ref_name, '-') && 'next' || 'latest'"),
  })
})

// The commands of the workflow, as its runner types them: in a copy of the project, or beside the files of a release.

let project: string
let downloads: string
let programs: string
const FILES = [`release/${name}-${version}.tgz`, 'release/SHA256SUMS']
beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'workflow-'))
  for (const file of ['package.json', 'tsconfig.json']) copyFileSync(file, join(project, file))
  cpSync('release', join(project, 'release'), { recursive: true })
  symlinkSync(resolve('node_modules'), join(project, 'node_modules'))
  writeFileSync(
    join(project, 'CHANGELOG.md'),
    `# Changelog\n\n## [${version}] - 2026-01-31\n\n- A thing ([docs](docs/cli.md)).\n`,
  )
  downloads = mkdtempSync(join(tmpdir(), 'downloads-'))
  programs = join(downloads, 'programs')
  for (const folder of [programs, join(downloads, 'release')]) mkdirSync(folder)
  for (const file of FILES) writeFileSync(join(downloads, file), '')
})
afterAll(() => {
  for (const folder of [project, downloads]) rmSync(folder, { recursive: true, force: true })
})

/** Puts a program that only writes down what it is given, an argument a line, in place of one. */
function standIn(program: string): () => readonly string[] {
  const [file, log] = [join(programs, program), join(downloads, `${program}.log`)]
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" > '${log}'\n`)
  chmodSync(file, 0o755)
  return () => readFileSync(log, 'utf8').trimEnd().split('\n')
}

/** Runs a step as GitHub does on Linux, on a tag; without the project its programs are those that stand in. */
function runStep(job: string, stepName: string, environment: Readonly<Record<string, string>> = {}) {
  const { PATH = '', HOME = '' } = process.env
  const hasProject = stepsOf(job).some(({ uses }) => uses?.startsWith('actions/checkout@'))
  return execFileSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', stepOf(job, stepName).run], {
    cwd: hasProject ? project : downloads,
    encoding: 'utf8',
    stdio: 'pipe',
    env: {
      PATH: hasProject ? PATH : `${programs}${delimiter}${PATH}`,
      HOME,
      GITHUB_REF_NAME: `v${version}`,
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REPOSITORY: 'example/fork',
      ...environment,
    },
  })
}

const NOTES = 'Take the notes from the changelog'

test('the notes of the release are the section of its version', () => {
  runStep('build', NOTES)
  expect(readFileSync(join(project, 'notes.md'), 'utf8')).toBe(
    `- A thing ([docs](https://github.com/example/fork/blob/v${version}/docs/cli.md)).\n`,
  )
})

test('a tag of another version ends the release with one line', () => {
  expect(() => runStep('build', NOTES, { GITHUB_REF_NAME: 'v99.0.0' })).toThrow(
    /\nError: the tag v99\.0\.0 is not that of the version .*\n$/,
  )
})

test('a repository that package.json does not name ends the release before anything is published', () => {
  execFileSync('npm', ['pkg', 'delete', 'repository'], { cwd: project })
  const check = () => runStep('build', 'See that npm will accept the provenance')
  expect(check).toThrow(/\nError: package\.json names no repository, .*\n$/)
  execFileSync('npm', ['pkg', 'set', 'repository=git+https://github.com/example/fork.git'], { cwd: project })
  expect(check()).toBe('')
})

test('GitHub is given the tag, the notes, and each file of the release', () => {
  const given = standIn('gh')
  runStep('github', 'Publish the files on GitHub', { PRERELEASE: 'false' })
  const tag = `v${version}`
  expect(given().slice(0, 3)).toEqual(['release', 'create', tag])
  expect(given()).toEqual(
    expect.arrayContaining(['--verify-tag', '--notes-file', 'notes.md', '--prerelease=false', ...FILES]),
  )
  expect(given()).not.toContain('release/*')
})

test.each(['latest', 'next'])('npm is given the file of the release as %s', (NPM_TAG) => {
  const given = standIn('npm')
  runStep('npm', 'Publish the command line on npm', { NPM_TAG })
  expect(given()).toEqual(['publish', `./release/${name}-${version}.tgz`, '--provenance', '--tag', NPM_TAG])
})

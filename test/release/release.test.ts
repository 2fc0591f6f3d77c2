import { execFile, execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { packageStackOf, type Stack } from '../../sandbox/package-stack.ts'
import { settingsText } from '../../src/config/settings-file.ts'
import { arbitraryRegion, arbitrarySettings, arbitraryStage } from './arbitrary-settings.ts'
import { copyProject } from './copy-project.ts'
import { resolveTemplate } from './resolve-template.ts'

// Releases twice, in copies of this project: another test packages in this folder at the same time.

const { version } = z.parse(z.object({ version: z.string() }), JSON.parse(readFileSync('package.json', 'utf8')))
const ENGINE = 'okta-role-trust.template.json'
const BUCKET = 'okta-role-trust-bucket.template.json'
const HUB = 'okta-role-trust-hub.template.json'
const IDENTITY = 'okta-role-trust-identity.template.json'
const EXECUTION_ROLE = 'okta-role-trust-execution-role.template.json'
const COMMAND_LINE = `okta-role-trust-${version}.tgz`
const BILL = `okta-role-trust-${version}.cdx.json`

let home: string
let first: string
let second: string
/** The stage prod with all defaults, as the first project packages it. */
let prod: Stack
const releaseOf = (project: string) => join(project, 'dist/release')

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'release-'))
  first = join(home, 'first')
  second = join(home, 'by/somebody/else')
  const release = (project: string, umask: string) => {
    copyProject(project, umask)
    return promisify(execFile)('sh', ['-c', `umask ${umask} && npm run --silent release`], { cwd: project })
  }
  await Promise.all([release(first, '022'), release(second, '077')])
  prod = await packageStage('prod', { deploymentBucket: 'bundles' })
}, 600_000)

afterAll(() => {
  for (const folder of [home, prod.folder]) rmSync(folder, { recursive: true, force: true })
})

/** Packages in the first project, with the settings as they stand in the file of the stage. */
function packageStage(stage: string, settings: Readonly<Record<string, string>>, ...options: readonly string[]) {
  mkdirSync(join(first, 'settings'), { recursive: true })
  writeFileSync(join(first, `settings/${stage}.yml`), settingsText(settings))
  return packageStackOf(first, `--stage=${stage}`, ...options)
}

const pascalCase = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`

const read = (file: string) => readFileSync(join(releaseOf(first), file))
const readJson = (file: string): unknown => JSON.parse(read(file).toString())
const sha256 = (content: Uint8Array) => createHash('sha256').update(content).digest('hex')
const zips = () => readdirSync(releaseOf(first)).filter((file) => file.endsWith('.zip'))

test('a release is the same, byte by byte, from another folder and under another umask', () => {
  const contents = (project: string) =>
    Object.fromEntries(
      readdirSync(releaseOf(project)).map((file) => [file, sha256(readFileSync(join(releaseOf(project), file)))]),
    )
  expect(contents(second)).toEqual(contents(first))
})

test('a release holds templates, a zip for each function, the command line and what is known of them, and no more', () => {
  const others = readdirSync(releaseOf(first)).filter((file) => !/^[0-9a-f]{64}\.zip$/.test(file))
  expect(others.toSorted()).toEqual(
    ['SHA256SUMS', BILL, COMMAND_LINE, BUCKET, ENGINE, EXECUTION_ROLE, HUB, IDENTITY].toSorted(),
  )
  expect(zips()).toHaveLength(7)
})

test('SHA256SUMS names every other file with its hash, as sha256sum reads it', () => {
  const files = readdirSync(releaseOf(first)).filter((file) => file !== 'SHA256SUMS')
  expect(read('SHA256SUMS').toString()).toBe(files.map((file) => `${sha256(read(file))}  ${file}\n`).join(''))
})

const Coded = z.object({ Handler: z.string(), Code: z.object({ S3Bucket: z.unknown(), S3Key: z.string() }) })
const Functions = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
})

/** The functions of a template that was released. */
function functionsOf(file: string) {
  return Object.values(z.parse(Functions, readJson(file)).Resources)
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => z.parse(Coded, Properties))
}

test('the templates name each function by the code of its zip, and each zip is named by a function', () => {
  const functions = [...functionsOf(ENGINE), ...functionsOf(HUB)]
  expect(functions.map(({ Code }) => Code.S3Key).toSorted()).toEqual(zips().toSorted())
  for (const { Handler, Code } of functions) {
    expect(Code).toEqual({ S3Bucket: { Ref: 'BundleBucket' }, S3Key: `${sha256(read(Code.S3Key))}.zip` })
    expect(Object.keys(unzipSync(read(Code.S3Key)))).toEqual([Handler.replace('.handler', '.mjs')])
  }
})

// Lambda does not run it as the user who owns it.
test('the functions run code that everybody may read', () => {
  for (const name of zips()) {
    const zip = read(name)
    // Its one entry in the directory at the end of the zip (PKWARE's APPNOTE, "Central directory structure").
    const attributes = zip.readUInt32LE(zip.lastIndexOf('PK\x01\x02') + 38)
    expect(attributes >>> 16).toBe(0o100644)
  }
})

test("the hub's functions start from their bundles, as Lambda loads them", () => {
  for (const { Handler, Code } of functionsOf(HUB)) {
    const { [Handler.replace('.handler', '.mjs')]: code = new Uint8Array() } = unzipSync(read(Code.S3Key))
    const file = join(home, 'hub.mjs')
    writeFileSync(file, code)
    const load = `const { handler } = await import(process.argv[1]); console.log(typeof handler)`
    const env = { TABLE_NAME: 'hub', AWS_REGION: 'us-east-1' }
    const options = ['--input-type=module', '--eval', load, file]
    expect(execFileSync(process.execPath, options, { env, encoding: 'utf8' })).toBe('function\n')
    // Lambda gives the credentials in the environment; the code that looks elsewhere is left out.
    expect(code.byteLength).toBeLessThan(1_000_000)
  }
})

describe("the engine's template", () => {
  const Template = z.looseObject({
    Parameters: z.record(z.string(), z.looseObject({ Default: z.optional(z.string()) })),
    Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.looseObject({}) })),
  })
  const template = () => z.parse(Template, readJson(ENGINE))

  const Properties = z.looseObject({ Code: z.optional(z.looseObject({ S3Bucket: z.string() })) })
  const Resolved = z.looseObject({
    Resources: z.record(z.string(), z.looseObject({ Properties })),
    Outputs: z.record(z.string(), z.unknown()),
  })

  /** Without what must differ: how the code of the functions is named, and what osls tells of the bucket with it. */
  function comparable(resolved: unknown) {
    const { Resources, Outputs, ...sections } = z.parse(Resolved, resolved)
    const { ServerlessDeploymentBucketName: _, ...outputs } = Outputs
    const resources = Object.entries(Resources).map(([id, { Properties, ...resource }]) => {
      const { Code, ...properties } = Properties
      const { S3Bucket } = Code ?? {}
      return [id, { ...resource, Properties: { ...properties, ...(Code && { S3Bucket }) } }]
    })
    return { ...sections, Outputs: outputs, Resources: Object.fromEntries(resources) }
  }

  /** What CloudFormation makes of the released template, and of the packaged one. */
  const released = (region: string, parameters: Readonly<Record<string, string>>) =>
    comparable(resolveTemplate(readJson(ENGINE), region, { BundleBucket: 'bundles', ...parameters }))
  const packaged = (stack: Stack, region: string) => comparable(resolveTemplate(stack.template, region))

  const { PROOF_RUNS } = process.env
  /** Each takes as long as a packaging. */
  const numRuns = PROOF_RUNS === undefined ? 5 : Math.ceil(Number(PROOF_RUNS) / 200)

  test(
    'is what serverless package writes, whatever the settings, the stage and the region',
    { timeout: 1_200_000 },
    () =>
      fc.assert(
        fc.asyncProperty(arbitrarySettings, arbitraryStage, arbitraryRegion, async (settings, stage, region) => {
          const stack = await packageStage(stage, settings, `--region=${region}`)
          rmSync(stack.folder, { recursive: true })
          const { tags: _, deploymentBucket: BundleBucket, ...others } = settings
          const parameters = Object.entries(others).map(([name, value]) => [pascalCase(name), value])
          const given = { Prefix: `okta-role-trust-${stage}`, BundleBucket, ...Object.fromEntries(parameters) }
          expect(released(region, given)).toEqual(packaged(stack, region))
        }),
        { numRuns, endOnFailure: true },
      ),
  )

  test('is by its defaults what is deployed as the stage prod', () => {
    expect(released('us-east-1', {})).toEqual(packaged(prod, 'us-east-1'))
  })

  test('is short enough to be given to CloudFormation as it is', () => {
    expect(read(ENGINE).byteLength).toBeLessThanOrEqual(51_200)
  })

  test('makes no bucket, nested stack or custom resource, and needs no macro', () => {
    expect(Object.keys(readJson(ENGINE) ?? {})).not.toContain('Transform')
    const types = Object.values(template().Resources).map(({ Type }) => Type)
    expect(types.filter((type) => /^Custom::|^AWS::(S3|CloudFormation)::/.test(type))).toEqual([])
    expect(read(ENGINE).toString()).not.toContain('Fn::Transform')
  })

  test('asks for the bucket alone', () => {
    const asked = Object.entries(template().Parameters).filter(([, { Default }]) => Default === undefined)
    expect(asked.map(([name]) => name)).toEqual(['BundleBucket'])
  })

  test('takes a prefix by which the command line finds the stack, as long as the longest stage', () => {
    const withPrefix = (Prefix: string) =>
      resolveTemplate(readJson(ENGINE), 'us-east-1', { Prefix, BundleBucket: 'b-b' })
    expect(() => withPrefix(`okta-role-trust-${'x'.repeat(30)}`)).not.toThrow()
    for (const rest of ['x'.repeat(31), '', 'a_b', 'default']) {
      expect(() => withPrefix(`okta-role-trust-${rest}`)).toThrow('Prefix')
    }
    expect(() => withPrefix('acme-sso')).toThrow('Prefix')
  })

  test('runs the very code that serverless package packs', () => {
    const codeOf = (zip: Uint8Array) => Object.entries(unzipSync(zip)).map(([name, code]) => `${name} ${sha256(code)}`)
    const names = readdirSync(prod.folder).filter((file) => file.endsWith('.zip'))
    const deployed = names.flatMap((name) => codeOf(readFileSync(join(prod.folder, name))))
    const released = functionsOf(ENGINE).flatMap(({ Code }) => codeOf(read(Code.S3Key)))
    expect(released.toSorted()).toEqual(deployed.toSorted())
  })
})

describe('the command line', () => {
  let bin: string
  beforeAll(() => {
    const elsewhere = join(home, 'elsewhere')
    execFileSync(
      'npm',
      ['install', '--offline', '--no-audit', '--no-fund', '--prefix', elsewhere, join(releaseOf(first), COMMAND_LINE)],
      { stdio: 'pipe' },
    )
    bin = join(elsewhere, 'node_modules/.bin/okta-role-trust')
    expect(readdirSync(join(elsewhere, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
      'okta-role-trust',
    ])
  }, 60_000)

  test('is at most a megabyte', () => {
    expect(statSync(join(releaseOf(first), COMMAND_LINE)).size).toBeLessThanOrEqual(1_000_000)
  })

  test('is what npm publishes, from the folder of the project and from the file', () => {
    const published = (...spec: readonly string[]) => {
      const options = ['--dry-run', '--json', '--ignore-scripts', '--fetch-retries=0', '--registry=http://127.0.0.1:9']
      const output = execFileSync('npm', ['publish', ...options, ...spec], {
        cwd: first,
        encoding: 'utf8',
        stdio: 'pipe',
      })
      return z.parse(z.record(z.string(), z.looseObject({ integrity: z.string() })), JSON.parse(output))
    }
    const sha512 = createHash('sha512').update(read(COMMAND_LINE)).digest('base64')
    const expected = { 'okta-role-trust': expect.objectContaining({ integrity: `sha512-${sha512}` }) }
    expect(published(`./dist/release/${COMMAND_LINE}`)).toEqual(expected)
    expect(published()).toEqual(expected)
  }, 60_000)

  test('runs where it is installed, with nothing else', () => {
    expect(execFileSync(bin, ['--version'], { encoding: 'utf8' })).toBe(`${version}\n`)
    expect(execFileSync(bin, ['--help'], { encoding: 'utf8' })).toMatch(/^Usage: okta-role-trust /)
    const arn = 'arn:aws:iam::111122223333:saml-provider/Okta'
    const options = ['--no-stack', '--provider-arn', arn]
    const file = join(home, 'trust-policy.json')
    writeFileSync(file, '{"Version":"2012-10-17","Statement":[]}')
    const output = execFileSync(bin, ['explain', file, ...options], { cwd: home, encoding: 'utf8', stdio: 'pipe' })
    expect(output).toContain(arn)
  })
})

test('the bill of materials names all that the functions and the command line are made of, and nothing by chance', () => {
  const bill = z.parse(
    z.looseObject({
      bomFormat: z.literal('CycloneDX'),
      serialNumber: z.string(),
      metadata: z.looseObject({ component: z.looseObject({ name: z.string(), version: z.string() }) }),
      components: z.array(z.looseObject({ name: z.string(), version: z.string() })),
    }),
    readJson(BILL),
  )
  expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(bill.metadata).not.toHaveProperty('timestamp')
  expect(bill.metadata.component).toMatchObject({ name: 'okta-role-trust', version })
  const { packages } = z.parse(
    z.object({ packages: z.record(z.string(), z.looseObject({ version: z.optional(z.string()) })) }),
    JSON.parse(readFileSync('package-lock.json', 'utf8')),
  )
  const { devDependencies } = z.parse(
    z.object({ devDependencies: z.record(z.string(), z.string()) }),
    JSON.parse(readFileSync('package.json', 'utf8')),
  )
  const named = bill.components.map((component) => `${component.name}@${component.version}`)
  for (const name of Object.keys(devDependencies)) {
    expect(named.some((component) => component.endsWith(`@${packages[`node_modules/${name}`]?.version}`))).toBe(true)
  }
  // Scanners leave out what is marked so.
  expect(read(BILL).toString()).not.toContain('cdx:npm:package:development')
})

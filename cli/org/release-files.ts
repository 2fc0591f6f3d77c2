import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { ConfigurationError } from '../../src/errors.ts'
import { readInput } from '../../src/input.ts'
import { parseJson } from '../session/parse-json.ts'

/** What a release has for an organization. */
export interface Release {
  readonly engine: string
  readonly identity: string
  readonly parameters: Readonly<Record<string, ParameterLimits>>
  /** The zips by the names that the templates look for them by; those of the hub too. */
  readonly bundles: ReadonlyMap<string, Uint8Array>
}

/** What CloudFormation takes for a Parameter. It would say so in each account by itself, once the StackSet is made. */
export interface ParameterLimits {
  readonly AllowedPattern?: string | undefined
  readonly AllowedValues?: readonly string[] | undefined
  readonly ConstraintDescription?: string | undefined
}

const Limits = z.looseObject({
  AllowedPattern: z.optional(z.string()),
  AllowedValues: z.optional(z.array(z.string())),
  ConstraintDescription: z.optional(z.string()),
})
const Template = z.looseObject({ Parameters: z.record(z.string(), Limits) })

const [ENGINE, IDENTITY] = ['okta-role-trust.template.json', 'okta-role-trust-identity.template.json']
/** Of the bucket, which is deployed beforehand. */
export const BUCKET_TEMPLATE = 'okta-role-trust-bucket.template.json'

/**
 * Reads a release, each file held against its hash in SHA256SUMS: what is deployed to every account is what was released.
 *
 * @throws ConfigurationError that names what is missing or was changed
 */
export function readRelease(folder: string): Release {
  const sumsFile = join(folder, 'SHA256SUMS')
  if (!existsSync(sumsFile)) {
    throw new ConfigurationError(
      `${folder}: there is no release there (no SHA256SUMS): make it with \`npm run release\`, or name the folder of one with --release`,
    )
  }
  const sums = readSums(readFileSync(sumsFile, 'utf8'), sumsFile)
  const read = (file: string): Uint8Array => {
    const path = join(folder, file)
    const sum = sums.get(file)
    if (sum === undefined || !existsSync(path)) throw unusable(path, 'is missing')
    const content = readFileSync(path)
    if (hashOf(content) !== sum) throw unusable(path, 'is not what SHA256SUMS says')
    return content
  }
  const engine = text(read(ENGINE))
  const { Parameters } = readInput(Template, parseJson(engine, ENGINE, 'a template'), ENGINE)
  const zips = [...sums.keys()].filter((file) => file.endsWith('.zip'))
  const named = [...engine.matchAll(/"([0-9a-f]{64}\.zip)"/g)].map(([, file = '']) => file)
  if (named.length === 0) throw unusable(join(folder, ENGINE), 'names no zip')
  const bundles = new Map([...new Set([...zips, ...named])].map((file) => [file, read(file)]))
  // By its name a zip is what it was released as, wherever it lies.
  const renamed = zips.find((file) => file !== `${sums.get(file)}.zip`)
  if (renamed !== undefined) throw unusable(join(folder, renamed), 'is not what its name says')
  return {
    engine,
    identity: text(read(IDENTITY)),
    parameters: Parameters,
    bundles,
  }
}

/** The version that a template of this system was released as, undefined where it says none. */
export function versionOf(template: string): string | undefined {
  return /"Description":\s*"okta-role-trust (\d[\w.+-]*)/.exec(template)?.[1]
}

/** Lambda's CodeSha256 of each function of a template, by the part of its name that follows the prefix. */
export function codeHashes(template: string): ReadonlyMap<string, string> {
  const functions = template.matchAll(
    /"S3Key":"([0-9a-f]{64})\.zip"[\s\S]*?"FunctionName":\{"Fn::Sub":"\$\{Prefix\}-([\w-]+)"\}/g,
  )
  return new Map([...functions].map(([, hash = '', name = '']) => [name, Buffer.from(hash, 'hex').toString('base64')]))
}

function readSums(sums: string, file: string): ReadonlyMap<string, string> {
  const lines = sums.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [, hash, name] = /^([0-9a-f]{64}) [ *]([^/]+)$/.exec(line) ?? []
      if (hash === undefined || name === undefined) {
        throw new ConfigurationError(`${file}: found ${JSON.stringify(line)}, expected a SHA-256 and a name of a file`)
      }
      return [name, hash]
    }),
  )
}

function unusable(path: string, why: string): ConfigurationError {
  return new ConfigurationError(
    `${path}: it ${why}, and nothing was deployed: make the release anew with \`npm run release\`, or fetch it again`,
  )
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function text(content: Uint8Array): string {
  return new TextDecoder().decode(content)
}

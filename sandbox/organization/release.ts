import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CreateBucketCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { strToU8, unzipSync, zipSync } from 'fflate'
import * as z from 'zod/mini'
import { environmentWithoutAws } from '../deploy-stack.ts'
import { runCommand } from '../run-command.ts'

const ROOT = join(import.meta.dirname, '../..')
const FOLDER = join(ROOT, 'dist/release')

/** The parts of a release that are deployed to an organization. */
export interface Release {
  readonly version: string
  readonly engine: string
  readonly identity: string
  readonly hub: string
  /** The code, by the names under which the templates look for it. */
  readonly zips: ReadonlyMap<string, Uint8Array>
}

const Manifest = z.looseObject({ version: z.string() })

/**
 * Makes the release of this project, in dist/release/.
 *
 * @param folder for temporary files
 */
export async function makeRelease(folder: string): Promise<Release> {
  const env = { ...environmentWithoutAws(), TMPDIR: folder }
  await runCommand('npm', ['run', '--silent', 'release'], { cwd: ROOT, env })
  const { version } = Manifest.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')))
  const template = (part: string) => readFileSync(join(FOLDER, `okta-role-trust${part}.template.json`), 'utf8')
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.zip'))
  const zips = new Map(files.map((file) => [file, readFileSync(join(FOLDER, file))]))
  return { version, engine: template(''), identity: template('-identity'), hub: template('-hub'), zips }
}

/** A release as it may follow: another version, and code that does the same and is not the same. */
export function nextRelease(release: Release): Release {
  const [major, minor] = release.version.split('.')
  const version = `${major}.${Number(minor) + 1}.0`
  const zips = new Map<string, Uint8Array>()
  let engine = release.engine
    .replaceAll(`okta-role-trust ${release.version}`, `okta-role-trust ${version}`)
    .replaceAll(`"VERSION":"${release.version}"`, `"VERSION":"${version}"`)
  for (const [key, zip] of release.zips) {
    const files = Object.entries(unzipSync(zip)).map(([name, code]) => [
      name,
      Buffer.concat([code, strToU8(`\n// ${version}\n`)]),
    ])
    const changed = zipSync(Object.fromEntries(files))
    const newKey = `${createHash('sha256').update(changed).digest('hex')}.zip`
    zips.set(newKey, changed)
    engine = engine.replaceAll(key, newKey)
  }
  return { ...release, version, engine, zips }
}

/** Puts the code of releases into a new bucket. */
export async function uploadZips(s3: S3Client, Bucket: string, releases: readonly Release[]): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }))
  for (const [Key, Body] of releases.flatMap(({ zips }) => [...zips])) {
    await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
  }
}

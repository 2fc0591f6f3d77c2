import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { releasedSettings } from '../../../release/settings.ts'

const hashOf = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex')

/**
 * The files of a release, with code of a few bytes; the Parameters are those of the real one.
 *
 * @param resourcesOf given the key of the one zip, which they have to name
 */
export function writeRelease(folder: string, version = '1.0.0', resourcesOf = functionOf): void {
  const zip = `the code of ${version}`
  const key = `${hashOf(zip)}.zip`
  const engine = {
    Description: `okta-role-trust ${version}: keeps the trust policies of tagged IAM roles trusting Okta`,
    Parameters: {
      Prefix: { Type: 'String', AllowedPattern: '^okta-role-trust-[A-Za-z0-9-]{1,30}$' },
      ...Object.fromEntries(releasedSettings().map(({ parameter, declaration }) => [parameter, declaration])),
    },
    Resources: resourcesOf(key),
  }
  const identity: unknown = parse(readFileSync('release/identity.yml', 'utf8'))
  const files = {
    [key]: zip,
    'okta-role-trust.template.json': JSON.stringify(engine),
    'okta-role-trust-identity.template.json': JSON.stringify(identity),
  }
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content)
  const sums = Object.entries(files).map(([file, content]) => `${hashOf(content)}  ${file}\n`)
  writeFileSync(join(folder, 'SHA256SUMS'), sums.join(''))
}

function functionOf(key: string): object {
  return {
    Sweep: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { S3Bucket: { Ref: 'BundleBucket' }, S3Key: key },
        Handler: 'handlers/scheduled-sweep.handler',
        FunctionName: { 'Fn::Sub': `\${Prefix}-scheduled-sweep` },
      },
    },
  }
}

/** The zips of a release, by their names. */
export function zipsOf(folder: string): readonly string[] {
  return readdirSync(folder).filter((file) => file.endsWith('.zip'))
}

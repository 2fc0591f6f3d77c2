import { bundleBucket } from '../../src/aws/bundle-bucket.ts'
import { ConfigurationError } from '../../src/errors.ts'
import { awsCommand } from '../session/commands.ts'
import { countOf } from '../session/count-of.ts'
import { startProgress } from '../session/progress.ts'
import type { Session } from '../session/session.ts'
import { asking, type OrganizationSession } from './organization-session.ts'
import { BUCKET_TEMPLATE, type Release } from './release-files.ts'

/** The stack by which docs/deploying.md makes the bucket, and its output. */
const [BUCKET_STACK, BUCKET_OUTPUT] = ['okta-role-trust-bucket', 'BundleBucket']

/**
 * The bucket of the zips: the one that was named, else that of the StackSet, else that of the bucket's own stack.
 *
 * @throws ConfigurationError where there is none, or one that the accounts could not read
 */
export async function findBucket(
  session: Session,
  organization: OrganizationSession,
  given: string | undefined,
  releaseFolder: string,
): Promise<string> {
  const name = given ?? (await organization.sets.readOutput(BUCKET_STACK, BUCKET_OUTPUT))
  const { id } = organization.organization
  const { account, region, target } = organization.caller
  const deploy = awsCommand(
    session.scope,
    'cloudformation deploy',
    ...['--region', region, '--stack-name', BUCKET_STACK],
    ...['--template-file', `${releaseFolder}/${BUCKET_TEMPLATE}`, '--parameter-overrides', `OrganizationId=${id}`],
  )
  if (name === undefined) {
    throw new ConfigurationError(
      `there is no bucket for the code of the functions yet, and nothing was changed: make one with \`${deploy}\`, and run the command again; or name one with --bucket`,
    )
  }
  // S3 User Guide, "General purpose buckets naming rules".
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
    throw new ConfigurationError(
      `--bucket ${name}: expected the name of a bucket alone, of 3 to 63 small letters, digits, dots and hyphens; nothing was changed`,
    )
  }
  const bucket = bundleBucket(target, name, account)
  const state = await bucket.state()
  if (state === 'missing') {
    throw new ConfigurationError(`there is no bucket ${name}, and nothing was changed: make one with \`${deploy}\``)
  }
  if (state === 'elsewhere') {
    throw new ConfigurationError(
      `the bucket ${name} is in another region, and nothing was changed: Lambda takes code from ${region} only; make one there with \`${deploy}\``,
    )
  }
  if (state === 'refused') {
    throw new ConfigurationError(
      `the bucket ${name} is of another account than ${account}, or the caller lacks the permission s3:ListBucket on it, and nothing was changed: S3 does not say which; name a bucket of the account with --bucket, or make one with \`${deploy}\``,
    )
  }
  const policy = await asking('s3:GetBucketPolicy', bucket.readPolicy)
  // Another organization's id may begin with this one.
  if (!new RegExp(`\\b${id}\\b`).test(policy)) {
    throw new ConfigurationError(
      `the policy of the bucket ${name} does not let the organization ${id} read it, so that no account could take the code, and nothing was changed: \`${deploy}\` does where that stack made the bucket; else allow s3:GetObject with aws:PrincipalOrgID ${id}`,
    )
  }
  return name
}

/**
 * Lays the zips of a release into the bucket; those that are there already are read and compared.
 *
 * @returns how many were not there
 */
export async function uploadBundles(
  { terminal }: Session,
  { caller: { target, account } }: OrganizationSession,
  name: string,
  { bundles }: Release,
): Promise<number> {
  const bucket = bundleBucket(target, name, account)
  const progress = startProgress(terminal, 'uploading', bundles.size)
  let uploaded = 0
  let isInterrupted = false
  const takeBack = terminal.onInterrupt(() => {
    isInterrupted = true
  })
  try {
    for (const [key, zip] of bundles) {
      const result = await asking('s3:PutObject', () => bucket.put(key, zip))
      if (result === 'differs') {
        throw new ConfigurationError(
          `the bucket ${name} holds another file as ${key} than the release, and no StackSet was changed: somebody laid it there; delete that object once you know who, and run the command again`,
        )
      }
      if (result === 'put') uploaded += 1
      progress.advance()
      if (isInterrupted) {
        throw new ConfigurationError(
          `interrupted after ${countOf(uploaded, 'file')} in the bucket ${name}, and no StackSet was changed: run the command again to go on`,
        )
      }
    }
  } finally {
    takeBack()
    progress.end()
  }
  return uploaded
}

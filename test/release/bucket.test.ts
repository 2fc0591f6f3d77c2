import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { resolveTemplate } from './resolve-template.ts'

const ARN = 'arn:aws:s3:::bundles'
const ZIP = `${ARN}/0123.zip`
const TLS = { 'aws:SecureTransport': 'true' }

function policyOf(parameters: Readonly<Record<string, string>>): unknown {
  const template = resolveTemplate(parse(readFileSync('release/bucket.yml', 'utf8')), 'us-east-1', parameters)
  const text = JSON.stringify(template).replaceAll('<Bundles.Arn>', ARN)
  const Template = z.object({
    Resources: z.object({ BundlesPolicy: z.object({ Properties: z.object({ PolicyDocument: z.unknown() }) }) }),
  })
  return z.parse(Template, JSON.parse(text)).Resources.BundlesPolicy.Properties.PolicyDocument
}

/** What S3 says to an account, whose own policies allow everything. */
async function judge(
  policy: unknown,
  account: string,
  action: string,
  resource: string,
  contextVariables: Readonly<Record<string, string>> = TLS,
) {
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${account}:role/deployer`,
        action,
        resource: { resource, accountId: '111122223333' },
        contextVariables: { ...contextVariables },
      },
      identityPolicies: [
        {
          name: 'all',
          policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
        },
      ],
      resourcePolicy: policy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  )
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  return result.overallResult
}

const own = policyOf({})
const shared = policyOf({ OrganizationId: 'o-a1b2c3d4e5' })

describe.each([
  ['alone', own],
  ['for an organization', shared],
])('the bucket %s', (_, policy) => {
  test('takes a zip that is not there yet, and nothing that could overwrite one', async () => {
    const put = (context: Readonly<Record<string, string>>) =>
      judge(policy, '111122223333', 's3:PutObject', ZIP, { ...TLS, 's3:ObjectCreationOperation': 'true', ...context })
    expect(await put({ 's3:if-none-match': '*' })).toBe('Allowed')
    expect(await put({})).toBe('ExplicitlyDenied')
  })

  test('takes nothing in clear text', async () => {
    const plain = { 'aws:SecureTransport': 'false' }
    expect(await judge(policy, '111122223333', 's3:GetObject', ZIP, plain)).toBe('ExplicitlyDenied')
    expect(await judge(policy, '111122223333', 's3:ListBucket', ARN, plain)).toBe('ExplicitlyDenied')
    expect(await judge(policy, '111122223333', 's3:GetObject', ZIP)).toBe('Allowed')
  })
})

describe('another account', () => {
  const member = { ...TLS, 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' }

  test('reads the zips where it belongs to the organization', async () => {
    expect(await judge(shared, '999988887777', 's3:GetObject', ZIP, member)).toBe('Allowed')
    expect(await judge(own, '999988887777', 's3:GetObject', ZIP, member)).toBe('ImplicitlyDenied')
    expect(
      await judge(shared, '999988887777', 's3:GetObject', ZIP, { ...TLS, 'aws:PrincipalOrgID': 'o-other00000' }),
    ).toBe('ImplicitlyDenied')
    expect(await judge(shared, '999988887777', 's3:GetObject', ZIP)).toBe('ImplicitlyDenied')
  })

  test('never writes or lists them', async () => {
    const put = { ...member, 's3:if-none-match': '*', 's3:ObjectCreationOperation': 'true' }
    expect(await judge(shared, '999988887777', 's3:PutObject', ZIP, put)).toBe('ImplicitlyDenied')
    expect(await judge(shared, '999988887777', 's3:DeleteObject', ZIP, member)).toBe('ImplicitlyDenied')
    expect(await judge(shared, '999988887777', 's3:ListBucket', ARN, member)).toBe('ImplicitlyDenied')
  })
})

test('the bucket is private, encrypted, and stays when its stack goes', () => {
  expect(parse(readFileSync('release/bucket.yml', 'utf8')).Resources.Bundles).toMatchObject({
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    },
  })
})

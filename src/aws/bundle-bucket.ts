import { createHash } from 'node:crypto'
import {
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { type AwsTarget, maxAttempts, requestHandler } from './clients.ts'

/** What S3 says of a bucket: it hides from whom it refuses whether somebody else owns it. */
export type BucketState = 'ready' | 'missing' | 'elsewhere' | 'refused'

/** Whatever else the SDK throws goes through. */
export interface BundleBucket {
  state(): Promise<BucketState>
  /** Empty where it has none. */
  readPolicy(): Promise<string>
  /** Lays a file under its name, which nothing overwrites; one that is there already has to have the same bytes. */
  put(key: string, content: Uint8Array): Promise<'put' | 'there' | 'differs'>
}

/** Uploads of a zip on a slow line take longer than a call. */
const UPLOADING = { ...requestHandler, requestTimeout: 60_000 }

/** Somebody else laid the same key at the same time (S3 User Guide, "Conditional requests"). */
const ATTEMPTS_ON_CONFLICT = 3

/** @param account that has to own the bucket: a name that somebody else took must get and give nothing */
export function bundleBucket(target: AwsTarget, bucket: string, account: string): BundleBucket {
  const client = new S3Client({ requestHandler: UPLOADING, maxAttempts, ...target })
  const own = { Bucket: bucket, ExpectedBucketOwner: account }
  const put = async (key: string, content: Uint8Array, attempts: number): Promise<'put' | 'there' | 'differs'> => {
    try {
      await client.send(new PutObjectCommand({ ...own, Key: key, Body: content, IfNoneMatch: '*' }))
      return 'put'
    } catch (error) {
      if (statusOf(error) === 409 && attempts > 1) return put(key, content, attempts - 1)
      if (statusOf(error) !== 412) throw error
    }
    const { Body: body } = await client.send(new GetObjectCommand({ ...own, Key: key }))
    const there = (await body?.transformToByteArray()) ?? new Uint8Array()
    return hashOf(there) === hashOf(content) ? 'there' : 'differs'
  }
  return {
    async state() {
      try {
        const { BucketRegion: region } = await client.send(new HeadBucketCommand(own))
        return region === undefined || region === (await client.config.region()) ? 'ready' : 'elsewhere'
      } catch (error) {
        // A HEAD has no body that could say more.
        const state = STATES.get(statusOf(error) ?? 0)
        if (state === undefined) throw error
        return state
      }
    },

    async readPolicy() {
      try {
        return (await client.send(new GetBucketPolicyCommand(own))).Policy ?? ''
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchBucketPolicy') return ''
        throw error
      }
    },

    put: (key, content) => put(key, content, ATTEMPTS_ON_CONFLICT),
  }
}

const STATES: ReadonlyMap<number, BucketState> = new Map([
  [301, 'elsewhere'],
  [400, 'elsewhere'],
  [403, 'refused'],
  [404, 'missing'],
])

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

function statusOf(error: unknown): number | undefined {
  const metadata: unknown = Reflect.get(Object(error), '$metadata')
  const status: unknown = Reflect.get(Object(metadata), 'httpStatusCode')
  return typeof status === 'number' ? status : undefined
}

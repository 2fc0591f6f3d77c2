import timers from 'node:timers/promises'
import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { askText } from '../cli/session/ask.ts'
import type { Terminal } from '../cli/session/terminal.ts'
import { eventRegionOf, wrongRegion } from '../cli/session/wrong-region.ts'
import { clientsWith } from '../sandbox/clients.ts'
import { type Caller, configuredRegion, findCaller } from '../src/aws/caller.ts'
import { ConfigurationError } from '../src/errors.ts'
import type { Options } from './options.ts'

/** The account that a run works in. */
export interface Account extends Caller {
  /** A local AWS: it records no events, and looks neither at an assertion nor at a trust policy. */
  readonly isLocal: boolean
}

/**
 * @param environment of this process; where AWS_ENDPOINT_URL names this machine, that is a local AWS
 * @throws ConfigurationError where it is another account than was named, or no stack can live in the region
 */
export async function findAccount(options: Options, terminal: Terminal): Promise<Account> {
  const { profile, account } = options
  const isLocal = isLocalAws(terminal.environment)
  const configured = options.region ?? (await configuredRegion({ profile }))
  const askMfaCode = (serial: string) => askText(terminal, `Code of the MFA device ${serial}`)
  const find = (region: string) => findCaller({ profile, profileOfEnvironment: undefined, askMfaCode }, region)
  const asked = await find(configured ?? 'us-east-1')
  if (asked.account !== account) {
    throw new ConfigurationError(
      `the profile ${profile} belongs to the account ${asked.account}, and --account names ${account}. Nothing was made: give the profile of the account that you mean`,
    )
  }
  if (eventRegionOf(asked.partition) === undefined) {
    throw new ConfigurationError(
      `nobody knows where the events of IAM arrive in the partition ${asked.partition}, and nothing was made: the stack cannot live there`,
    )
  }
  const problem = wrongRegion(asked)
  if (problem !== undefined) {
    const { message, eventRegion } = problem
    throw new ConfigurationError(`${message}. Nothing was made: give \`--region ${eventRegion}\``)
  }
  return { ...asked, isLocal }
}

/** @throws ConfigurationError where all services, or some, are neither AWS's nor those of a local AWS */
export function isLocalAws(environment: Terminal['environment']): boolean {
  const named = Object.entries(environment).filter(([name, url]) => /^AWS_ENDPOINT_URL(_|$)/.test(name) && url)
  for (const [name, url = ''] of named) {
    if (name === 'AWS_ENDPOINT_URL' && URL.canParse(url) && LOCAL.includes(new URL(url).hostname)) continue
    throw new ConfigurationError(
      `${name} is ${url}: neither AWS nor a local AWS on this machine. Nothing was made: take it out of the environment`,
    )
  }
  return named.length > 0
}

const LOCAL = ['127.0.0.1', 'localhost']

export type AccountClients = ReturnType<typeof accountClients>

/** Clients of all that a run makes, looks at and deletes. */
export function accountClients({ target }: Account) {
  // Nobody waits for a single call, and an account may throttle.
  const options = { ...target, maxAttempts: 8 }
  return {
    ...clientsWith(options),
    cloudFormation: new CloudFormationClient(options),
    // A local AWS has no host for each bucket.
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sts: new STSClient(options),
  }
}

/** For how long IAM may not know of a role that was made a moment ago: attempts, and milliseconds between them. */
const YOUNG = { attempts: 20, pause: 1_000 }

/** Lets a client ask again for a role that IAM does not know yet: it is eventually consistent. */
export function awaitYoungRoles(iam: IAMClient): IAMClient {
  iam.middlewareStack.add(
    (next) => async (args) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await next(args)
        } catch (error) {
          if (!(error instanceof NoSuchEntityException) || attempt === YOUNG.attempts) throw error
          await timers.setTimeout(YOUNG.pause)
        }
      }
    },
    { step: 'initialize', name: 'awaitYoungRoles' },
  )
  return iam
}

import { isThrottling } from '../src/aws/throttling.ts'
import { ConfigurationError, formatError, InvalidInputError } from '../src/errors.ts'
import { awsCommand, type Scope } from './session/commands.ts'

/**
 * One line that says what happened and what to do.
 *
 * @param scope whose profile the commands name
 */
export function errorMessageOf(error: unknown, scope: Pick<Scope, 'profile'> = { profile: undefined }): string {
  return oneLine(linesOf(error, scope))
}

/** Whether there are no credentials, or none that AWS accepts (any longer): no other call will fare better. */
export function isOfCredentials(error: unknown): boolean {
  return error instanceof Error && (hasExpired(error) || isUnknownCaller(error) || hasNoCredentials(error))
}

function linesOf(error: unknown, scope: Pick<Scope, 'profile'>): string {
  if (error instanceof ConfigurationError || error instanceof InvalidInputError) return error.message
  if (!(error instanceof Error)) return formatError(error)
  const { name, message } = error
  const profile = /profile: \[(.*?)\]/.exec(message)?.[1]
  if (profile !== undefined) {
    return `the profile ${profile} has no credentials or does not exist: \`${awsCommand({ profile: undefined }, 'configure list-profiles')}\` lists the profiles`
  }
  if (hasExpired(error)) {
    return `the AWS credentials have expired: sign in again, for example with \`${awsCommand(scope, 'sso login')}\` (${message})`
  }
  if (hasNoCredentials(error)) {
    return `no AWS credentials: sign in, name a profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${message})`
  }
  if (isUnknownCaller(error)) {
    return `AWS does not accept the credentials: check the profile, the keys, and that the region belongs to their partition (${message})`
  }
  const denial = denialOf(error)
  if (denial !== undefined) return deniedLine(denial, message)
  if (isThrottling(error)) {
    return `AWS is throttling: too many calls at the moment; wait a little and run the command again (${message})`
  }
  if (isOfTheNetwork(error)) {
    return `AWS cannot be reached: check the network and the region (${message || name})`
  }
  if (isNoAnswer(error)) {
    return `what answered was not AWS, or not whole: look at what is in between, such as a proxy or a page to sign in on, and run the command again (${message})`
  }
  return formatError(error)
}

/** The SDK cannot read it, or finds no error in it that it could name. */
function isNoAnswer({ name, message }: Error): boolean {
  return /\bDeserialization error\b/.test(message) || (name === 'Unknown' && message === 'UnknownError')
}

/** Of a single sign-on that has ended, or never began, the SDK says how to sign in. */
function hasExpired({ name, message }: Error): boolean {
  return (
    /expired/i.test(name) || /(token|session|credentials).*expired/i.test(message) || /\baws sso login\b/.test(message)
  )
}

function hasNoCredentials({ name }: Error): boolean {
  return name === 'CredentialsProviderError' || name === 'TokenProviderError'
}

function isUnknownCaller({ name }: Error): boolean {
  return /^(InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)/.test(
    name,
  )
}

/** What AWS denied the caller. */
export interface Denial {
  /** Empty where AWS does not name it. */
  readonly action: string
  /** What to do about it. */
  readonly remedy: string
  /** Which kind of policy denies it; undefined where none does, and an allowance is missing. */
  readonly deniedBy?: string
}

/**
 * What AWS denied the caller, undefined where it denied nothing. Mostly AWS names the action ("User: … is not authorized
 * to perform: iam:GetRole on resource: …") and the kind of policy that decided (IAM User Guide, "Troubleshoot access
 * denied error messages").
 */
export function denialOf(error: unknown): Denial | undefined {
  if (!(error instanceof Error) || !/^(AccessDenied|Unauthorized|NotAuthorized|AuthorizationError)/.test(error.name)) {
    return undefined
  }
  const { message } = error
  const action = /not authorized to perform:? ([\w-]+:\w+)/.exec(message)?.[1] ?? ''
  const denying = /with an explicit deny(?: in (an? [\w ()-]*(?:policy|boundary)))?/i.exec(message)
  if (denying !== null) {
    const policy = denying[1] ?? 'a policy'
    return {
      action,
      deniedBy: policy,
      remedy: `${policy} denies it, and allowing it elsewhere does not help: have that policy changed, or sign in as somebody else`,
    }
  }
  const lacking = /because no ((?!identity-based)[\w ()-]*(?:policy|boundary)) allows/i.exec(message)?.[1]
  return { action, remedy: lacking === undefined ? 'allow it' : `allow it in a ${lacking} too` }
}

function deniedLine({ action, remedy }: Denial, message: string): string {
  const what = action === '' ? 'the caller lacks a permission' : `the caller lacks the permission ${action}`
  const without = action === 'lambda:GetFunctionConfiguration' ? ', or add --no-stack to decide without the stack' : ''
  return `${what}: ${remedy}${without} (${message})`
}

const NETWORK_CODES = ['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH']

export function isOfTheNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return error.name === 'TimeoutError' || NETWORK_CODES.includes(code)
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

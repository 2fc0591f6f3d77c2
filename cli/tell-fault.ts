import { ConfigurationError, describeError, InvalidInputError } from '../src/errors.ts'

/** One line that says what happened and what to do. */
export function tellFault(error: unknown): string {
  return oneLine(linesOf(error))
}

function linesOf(error: unknown): string {
  if (error instanceof ConfigurationError || error instanceof InvalidInputError) return error.message
  if (!(error instanceof Error)) return describeError(error)
  const { name, message } = error
  const profile = /profile: \[(.*?)\]/.exec(message)?.[1]
  if (profile !== undefined) {
    return `the profile ${profile} holds no credentials, or is not there: \`aws configure list-profiles\` shows those that are`
  }
  if (/expired/i.test(name) || /(token|session|credentials).*expired/i.test(message)) {
    return `the AWS credentials have expired: sign in again, for example with \`aws sso login\` (${message})`
  }
  if (name === 'CredentialsProviderError') {
    return `no AWS credentials: sign in, name a profile with --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${message})`
  }
  if (
    /^(InvalidClientTokenId|UnrecognizedClient|InvalidSignature|SignatureDoesNotMatch|InvalidAccessKeyId|AuthFailure)/.test(
      name,
    )
  ) {
    return `AWS does not accept the credentials: check the profile, the keys, and that the region is of their partition (${message})`
  }
  const action = deniedAction(error)
  if (action !== undefined) return deniedLine(action, message)
  if (/throttl|toomanyrequests|requestlimit/i.test(name)) {
    return `AWS throttles: too many calls at the moment; wait a little and run the command again (${message})`
  }
  if (isOfTheNetwork(error)) {
    return `AWS cannot be reached: check the network and the region (${message || name})`
  }
  return describeError(error)
}

/**
 * The action that AWS denied the caller, undefined where it denied nothing. Mostly AWS names it ("User: … is not
 * authorized to perform: iam:GetRole on resource: …"); empty where it does not.
 */
export function deniedAction(error: unknown): string | undefined {
  if (!(error instanceof Error) || !/^(AccessDenied|Unauthorized|NotAuthorized|AuthorizationError)/.test(error.name)) {
    return undefined
  }
  return /not authorized to perform:? ([\w-]+:\w+)/.exec(error.message)?.[1] ?? ''
}

function deniedLine(action: string, message: string): string {
  const remedy = action === '' ? 'the caller lacks a permission' : `the caller lacks the permission ${action}`
  const without = action === 'lambda:GetFunctionConfiguration' ? ', or add --no-stack to decide without the stack' : ''
  return `${remedy}: allow it${without} (${message})`
}

const NETWORK_CODES = ['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EAI_AGAIN', 'EPIPE', 'EHOSTUNREACH']

function isOfTheNetwork(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return error.name === 'TimeoutError' || NETWORK_CODES.includes(code)
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

import {
  ConcurrentModificationException,
  IAMServiceException,
  LimitExceededException,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  ServiceFailureException,
  UnmodifiableEntityException,
} from '@aws-sdk/client-iam'
import { QueueDoesNotExist } from '@aws-sdk/client-sqs'
import { ParameterNotFound } from '@aws-sdk/client-ssm'

// Errors as the SDK raises them from IAM's answers: a class and a name in `…Exception` where IAM's model knows the
// error, the plain service exception and the bare code elsewhere.

export const throttling = () => unmodelled('Throttling', 400, 'Rate exceeded')

export const expiredToken = () =>
  unmodelled('ExpiredToken', 403, 'The security token included in the request is expired')

export const invalidToken = () =>
  unmodelled('InvalidClientTokenId', 403, 'The security token included in the request is invalid')

/** @param action such as `iam:UpdateAssumeRolePolicy` */
export function accessDenied(action: string) {
  const user = 'arn:aws:sts::111122223333:assumed-role/okta-role-trust/session'
  const reason = `because no identity-based policy allows the ${action} action`
  return unmodelled('AccessDenied', 403, `User: ${user} is not authorized to perform: ${action} ${reason}`)
}

/** The environment of a function as Lambda shows it to a caller for whom it cannot decrypt it: no error of the call. */
export function undecryptable(code = 'AccessDeniedException') {
  return { Error: { ErrorCode: code, Message: 'Lambda was unable to decrypt your environment variables.' } }
}

/** @param policy whose statement forbids it (IAM User Guide, "Troubleshoot access denied error messages") */
export function explicitDeny(policy = 'a service control policy') {
  const user = 'arn:aws:sts::111122223333:assumed-role/okta-role-trust/session'
  const call = 'iam:UpdateAssumeRolePolicy on resource: role analyst'
  return unmodelled(
    'AccessDenied',
    403,
    `User: ${user} is not authorized to perform: ${call} with an explicit deny in ${policy}`,
  )
}

export const serviceFailure = () => new ServiceFailureException(answer(500, 'Internal server error'))

export const concurrentModification = () =>
  new ConcurrentModificationException(answer(409, 'Multiple requests to change this object were submitted'))

/** No answer came at all: the SDK's HTTP handler names a reset connection so. */
export const connectionReset = () =>
  Object.assign(new Error('read ECONNRESET'), { name: 'TimeoutError', code: 'ECONNRESET', $metadata: {} })

/** No answer within the time that the client waits for one. */
export const requestTimeout = () =>
  Object.assign(new Error('a request has exceeded the configured 5000 ms requestTimeout'), {
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
    $metadata: {},
  })

/** The caller gave the call up by its AbortSignal. */
export const requestAborted = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

export const noSuchEntity = (message: string) => new NoSuchEntityException(answer(404, message))

export const noSuchRole = (name: string) => noSuchEntity(`The role with name ${name} cannot be found.`)

export const limitExceeded = (quota: number) =>
  new LimitExceededException(answer(409, `Cannot exceed quota for ACLSizePerRole: ${quota}`))

export const malformedPolicyDocument = (message: string) => new MalformedPolicyDocumentException(answer(400, message))

export const validationError = (message: string) => unmodelled('ValidationError', 400, message)

export const unmodifiableEntity = (name: string) =>
  new UnmodifiableEntityException(answer(400, `Cannot modify the protected role '${name}': only AWS can`))

export const parameterNotFound = () => new ParameterNotFound(answer(400, 'UnknownError'))

export const queueDoesNotExist = () => new QueueDoesNotExist(answer(400, 'The specified queue does not exist.'))

function answer(httpStatusCode: number, message: string) {
  return { message, $metadata: { httpStatusCode } }
}

function unmodelled(name: string, httpStatusCode: number, message: string) {
  return new IAMServiceException({ name, $fault: 'client', ...answer(httpStatusCode, message) })
}

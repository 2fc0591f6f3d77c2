import * as z from 'zod/mini'
import type { Account } from '../../fake-aws/account.ts'
import type { CallName, Fault, FaultOptions } from '../../fake-aws/api-calls.ts'
import {
  accessDenied,
  concurrentModification,
  connectionReset,
  explicitDeny,
  limitExceeded,
  malformedPolicyDocument,
  noSuchEntity,
  parameterNotFound,
  queueDoesNotExist,
  requestTimeout,
  serviceFailure,
  throttling,
  unmodifiableEntity,
  validationError,
} from '../../fake-aws/errors.ts'
import { DEAD_LETTER_QUEUE, QUEUE } from '../functions.ts'

/** The role that is struck. */
export const AFFECTED = 'analyst'

const PLACES: Readonly<Record<string, FaultOptions>> = {
  '': {},
  'at the start': {},
  'before a write': { after: 1 },
  'first page': {},
  'later page': { after: 1 },
  'named in the payload': { role: AFFECTED },
  'first read': { role: AFFECTED },
  'second read': { role: AFFECTED, after: 1 },
  'of a role': { role: AFFECTED },
  'of the heartbeat': { event: 'Sweep Finished' },
  'to hand roles on': { queue: QUEUE },
  'of the dead-letter queue': { queue: DEAD_LETTER_QUEUE },
}

const ERRORS: Readonly<Record<string, () => Error>> = {
  Throttling: throttling,
  ServiceFailure: serviceFailure,
  timeout: requestTimeout,
  'connection reset': connectionReset,
  AccessDenied: () => accessDenied('the call'),
  NoSuchEntity: () => noSuchEntity(`The role with name ${AFFECTED} cannot be found.`),
  'unknown provider': () => noSuchEntity('Manifest not found for arn'),
  ConcurrentModification: concurrentModification,
  LimitExceeded: () => limitExceeded(2048),
  MalformedPolicyDocument: () => malformedPolicyDocument('Syntax errors in policy.'),
  'unknown principal': () => malformedPolicyDocument('Invalid principal in policy: "AWS":"AROAEXAMPLE000000001"'),
  'explicit deny': explicitDeny,
  UnmodifiableEntity: () => unmodifiableEntity(AFFECTED),
  ValidationError: () => validationError('The specified value for policyDocument is invalid.'),
  ParameterNotFound: parameterNotFound,
  'no such queue': queueDoesNotExist,
}

const Page = z.looseObject({ RoleDetailList: z.array(z.looseObject({ RoleName: z.string() })) })

/** The role as ever, but for its trust policy. */
function withTrustPolicy(encoded: string | undefined): Fault {
  return (carryOut) => {
    const { Role: role } = z.looseObject({ Role: z.looseObject({}) }).parse(carryOut())
    return { Role: { ...role, AssumeRolePolicyDocument: encoded } }
  }
}

const hang: Fault = () => new Promise(() => {})

const ODDITIES: Readonly<Record<string, Fault>> = {
  'malformed answer': () => ({}),
  'one odd role': (carryOut) => {
    const page = Page.parse(carryOut())
    const list = page.RoleDetailList.map((role) => (role.RoleName === AFFECTED ? { ...role, Arn: undefined } : role))
    return { ...page, RoleDetailList: list }
  },
  'no trust policy': withTrustPolicy(undefined),
  'empty trust policy': withTrustPolicy('%20'),
  'null as trust policy': withTrustPolicy('null'),
  'unique id for the ARN': (carryOut) => {
    const { Role: role } = z.looseObject({ Role: z.looseObject({}) }).parse(carryOut())
    return { Role: { ...role, Arn: role.RoleId } }
  },
  'one role without its trust policy': (carryOut) => {
    const page = Page.parse(carryOut())
    const list = page.RoleDetailList.map((role) =>
      role.RoleName === AFFECTED ? { ...role, AssumeRolePolicyDocument: undefined } : role,
    )
    return { ...page, RoleDetailList: list }
  },
  'wrong value': () => ({ Parameter: { Value: 'arn:aws:iam::111122223333:role/Okta' } }),
  'out of time': hang,
  hanging: hang,
  killed: hang,
  'answer lost': (carryOut) => {
    carryOut()
    throw connectionReset()
  },
}

const STATES: Readonly<Record<string, (account: Account, place: string) => void>> = {
  'expired provider': (account) => account.addProvider('Okta', new Date('2020-01-01')),
  'event refused': (account, place) =>
    account.refuseEvents((detail) => detail.includes(place === 'of the heartbeat' ? 'deadLetters' : AFFECTED)),
  'message refused': (account) => account.refuseMessages((body) => body.includes(AFFECTED)),
}

/** A fault that lasts comes as often as is tried: a remediation plans anew (rule 5.1), a sweep looks once more (rule 5.5). */
const ROUNDS = 3
const LOOKS = 2

/** Lets a fault of the table happen at the call that it names: once, unless it lasts. */
export function strike(account: Account, call: CallName, place: string, fault: string): void {
  const name = fault.replace(/^lasting | after (five minutes|IAM took it)$/g, '')
  const at = call === 'UpdateAssumeRolePolicy' ? { role: AFFECTED } : PLACES[place]
  const [setState, errorOf, oddity] = [STATES[name], ERRORS[name], ODDITIES[name]]
  if (at === undefined) throw new Error(`nobody knows the place ${place} of ${call}`)
  if (setState !== undefined) setState(account, place)
  else if (errorOf !== undefined) {
    account.failNext(call, errorOf(), { ...at, times: timesOf(fault) })
  } else if (fault === 'malformed answer' && call === 'UpdateAssumeRolePolicy') {
    // An answer to a write has no content; this is what the SDK makes of one that is not IAM's.
    account.failNext(call, new Error('@aws-sdk XML parse error'), at)
  } else if (oddity !== undefined) {
    const odd: Fault = (carryOut) => {
      if (fault.endsWith('after IAM took it')) carryOut()
      return oddity(carryOut)
    }
    account.disturbNext(call, odd, at)
  } else throw new Error(`nobody knows how to bring about the fault ${fault}`)
}

function timesOf(fault: string): number {
  if (!fault.startsWith('lasting')) return 1
  return fault.endsWith('unknown principal') ? LOOKS : ROUNDS
}

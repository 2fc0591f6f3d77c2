import { z } from 'zod'
import { limitExceeded, malformedPolicyDocument, validationError } from './errors.ts'

// IAM's side of the story, on purpose without a line of src/: a mistake there must not repeat itself here.

const strings = z.union([z.string(), z.array(z.string()).min(1)])
const scalar = z.union([z.string(), z.number(), z.boolean()])

const principalTypes = z
  .strictObject({ AWS: strings, Federated: strings, Service: strings, CanonicalUser: strings })
  .partial()
  .refine((types) => Object.keys(types).length > 0)

const statement = z
  .strictObject({
    Sid: z.string().regex(/^[0-9A-Za-z]*$/),
    // The grammar has one spelling; IAM has taken others in trust policies.
    Effect: z.string().regex(/^(allow|deny)$/i),
    Principal: z.union([z.literal('*'), principalTypes]),
    Action: strings,
    NotAction: strings,
    Condition: z.record(z.string(), z.record(z.string(), z.union([scalar, z.array(scalar)]))),
  })
  .partial({ Sid: true, Action: true, NotAction: true, Condition: true })
  .refine(({ Action, NotAction }) => (Action === undefined) !== (NotAction === undefined))

const trustPolicy = z
  .strictObject({
    Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
    Id: z.string().optional(),
    Statement: z.union([statement.transform((single) => [single]), z.array(statement).min(1)]),
  })
  .transform(({ Statement }) => Statement)

/** Why IAM would not take a trust policy, or undefined. It takes or refuses a document as a whole. */
export function trustPolicyRefusal(document: string, quota: number): Error | undefined {
  if (!/^[\t\n\r\x20-\xff]+$/.test(document)) {
    const pattern = '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+'
    return validationError(
      `The specified value for policyDocument is invalid. It must match the regular expression: ${pattern}`,
    )
  }
  const json = parsed(document)
  if (json === undefined) return malformedPolicyDocument('This policy contains invalid Json')
  const { data: statements } = trustPolicy.safeParse(json)
  if (statements === undefined) return malformedPolicyDocument('Syntax errors in policy.')

  const sids = statements.flatMap(({ Sid: sid }) => (sid ? [sid] : []))
  if (new Set(sids).size < sids.length) {
    return malformedPolicyDocument('Statement IDs (SID) in a single policy must be unique.')
  }
  // What is left of a deleted user or role: IAM shows the unique id, and does not take it back.
  const dangling = statements
    .flatMap(({ Principal: principal }) => (principal === '*' ? [] : (principal.AWS ?? [])))
    .find((name) => /^(AIDA|AROA)[A-Z0-9]+$/.test(name))
  if (dangling !== undefined) return malformedPolicyDocument(`Invalid principal in policy: "AWS":"${dangling}"`)

  return document.replaceAll(/\s/g, '').length > quota ? limitExceeded(quota) : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import type { AnyCall } from './api-calls.ts'

/** The formats in which the services answer: IAM, STS and SNS in XML, the others in JSON. */
export type Format = 'xml' | 'json'

export interface WireAnswer {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface ServiceError {
  readonly name: string
  readonly message: string
}

/** Lambda's calls, each known by its path. */
const PATHS = [
  ['GetFunctionConfiguration', /^\/2015-03-31\/functions\/(?<FunctionName>[^/]+)\/configuration$/],
  ['GetFunctionConcurrency', /^\/2019-09-30\/functions\/(?<FunctionName>[^/]+)\/concurrency$/],
  ['ListFunctions', /^\/2015-03-31\/functions$/],
  ['ListTags', /^\/2017-03-31\/tags\/(?<Resource>.+)$/],
  ['ListEventSourceMappings', /^\/2015-03-31\/event-source-mappings$/],
] as const

/** Nothing in a form tells a number from a text, nor in an answer a map from a structure. */
const NUMBERS = new Set(['MaxItems'])
const MAPS = new Set(['SummaryMap', 'Attributes'])

/**
 * What a request of the SDK asks, in AWS JSON, AWS Query or REST JSON (https://smithy.io/2.0/aws/protocols/).
 *
 * @param target the header x-amz-target
 * @throws Error for a path that is no call
 */
export function readCall(
  path: string,
  target: string | undefined,
  body: string,
): AnyCall & { readonly format: Format } {
  if (target !== undefined) {
    return { name: target.slice(target.lastIndexOf('.') + 1), input: JSON.parse(body, reviveTime), format: 'json' }
  }
  const form = new URLSearchParams(body)
  const { Action: name, Version: _, ...input } = inputOf(form)
  if (typeof name === 'string') return { name, input, format: 'xml' }

  const { pathname, searchParams } = new URL(path, 'http://127.0.0.1')
  for (const [name, pattern] of PATHS) {
    const match = pattern.exec(decodeURIComponent(pathname))
    if (match !== null) return { name, input: { ...match.groups, ...Object.fromEntries(searchParams) }, format: 'json' }
  }
  throw new Error(`no call of AWS is known at ${path}`)
}

function reviveTime(key: string, value: unknown): unknown {
  return key === 'StartTime' ? new Date(Number(value) * 1000) : value
}

/** Lists are sent as `Filter.member.1=…&Filter.member.2=…`. */
function inputOf(form: URLSearchParams): Record<string, unknown> {
  const input = [...form].map(([key, value]) => {
    const [name = '', position] = key.split('.member.')
    if (position === undefined) return [name, NUMBERS.has(name) ? Number(value) : value]
    return [name, [...form].filter(([other]) => other.startsWith(`${name}.member.`)).map(([, item]) => item)]
  })
  return Object.fromEntries(input)
}

export function renderAnswer(name: string, answer: object, format: Format): WireAnswer {
  if (format === 'json') return json(answer)
  return xml(`<${name}Response><${name}Result>${xmlOf(answer)}</${name}Result></${name}Response>`)
}

export function renderError({ name, message }: ServiceError, format: Format): WireAnswer {
  if (format === 'json') return json({ __type: name, message }, { 'x-amzn-errortype': name })
  // The SDK names an error that the service's model knows by its shape: NoSuchEntityException for NoSuchEntity.
  const error = { Type: 'Sender', Code: name.replace(/Exception$/, ''), Message: message }
  return xml(`<ErrorResponse><Error>${xmlOf(error)}</Error></ErrorResponse>`)
}

function json(body: object, headers = {}): WireAnswer {
  return {
    headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
    body: JSON.stringify(body, secondsFor),
  }
}

/** A replacer sees a date as the text that it has become: what it was is in the object around it. */
function secondsFor(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
  const original = this[key]
  return original instanceof Date ? original.getTime() / 1000 : value
}

function xml(body: string): WireAnswer {
  return { headers: { 'content-type': 'text/xml' }, body }
}

/** What is frozen stands in many answers, and is rendered once: a scan shows the same permissions with every role. */
const RENDERED = new WeakMap<object, string>()

function xmlOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'object' || value === null) return escaped(String(value))
  const rendered = RENDERED.get(value)
  if (rendered !== undefined) return rendered
  const parts = Array.isArray(value)
    ? value.map((item) => elementOf('member', item))
    : Object.entries(value).map(([name, part]) => elementOf(name, part))
  const xml = parts.join('')
  if (Object.isFrozen(value)) RENDERED.set(value, xml)
  return xml
}

function elementOf(name: string, part: unknown): string {
  if (part === undefined) return ''
  return `<${name}>${MAPS.has(name) ? entriesOf(Object(part)) : xmlOf(part)}</${name}>`
}

function entriesOf(map: object): string {
  return Object.entries(map)
    .map(([key, value]) => `<entry>${xmlOf({ key, value })}</entry>`)
    .join('')
}

function escaped(text: string): string {
  if (!/[&<>]/.test(text)) return text
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** Whether a value is an object of JSON, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The function of CloudFormation that a value is, such as `['Fn::Sub', '…']`, or undefined. */
export function functionOf(value: unknown): readonly [name: string, argument: unknown] | undefined {
  if (!isObject(value)) return undefined
  const [entry, ...others] = Object.entries(value)
  if (entry === undefined || others.length > 0) return undefined
  return entry[0] === 'Ref' || entry[0].startsWith('Fn::') ? entry : undefined
}

/** The same value with each entry of an object, or each item of a list, changed. */
export function mapInside(value: unknown, change: (inner: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((inner, index) => change(inner, `${index}`))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]))
}

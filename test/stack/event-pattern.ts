/**
 * Whether EventBridge would match the event, for those operators that infra/rule.yml uses: $or, exists, prefix,
 * anything-but and equals-ignore-case (EventBridge User Guide, "Comparison operators").
 *
 * All fields of a pattern must match; of the alternatives of a field, one. An array in an event matches when one of its
 * items does.
 */
export function matchesPattern(pattern: unknown, event: unknown): boolean {
  return Object.entries(fieldsOf(pattern)).every(([name, wanted]) => {
    if (name === '$or') return listOf(wanted).some((alternative) => matchesPattern(alternative, event))
    const found = valuesAt(event, name)
    if (Array.isArray(wanted)) return wanted.some((alternative) => matchesLeaf(alternative, found))
    // Without the field there still is something to ask: a leaf below may have to be absent.
    return found.length === 0 ? matchesPattern(wanted, {}) : found.some((inner) => matchesPattern(wanted, inner))
  })
}

function matchesLeaf(wanted: unknown, found: readonly unknown[]): boolean {
  if (typeof wanted === 'string') return found.includes(wanted)
  const [[operator, operand] = [], ...others] = Object.entries(fieldsOf(wanted))
  if (operator === undefined || others.length > 0)
    throw new Error(`pattern: ${JSON.stringify(wanted)} has not one operator`)
  switch (operator) {
    case 'exists':
      return found.length > 0 === operand
    case 'prefix':
      return found.some((value) => typeof value === 'string' && value.startsWith(String(operand)))
    case 'equals-ignore-case':
      return found.some((value) => typeof value === 'string' && value.toLowerCase() === String(operand).toLowerCase())
    case 'anything-but':
      return found.length > 0 && !listOf(operand).some((unwanted) => matchesLeaf(unwanted, found))
    default:
      throw new Error(`pattern: operator ${operator} is not known here`)
  }
}

function valuesAt(event: unknown, name: string): readonly unknown[] {
  if (Array.isArray(event)) return event.flatMap((item) => valuesAt(item, name))
  return listOf(fieldsOf(event)[name] ?? [])
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

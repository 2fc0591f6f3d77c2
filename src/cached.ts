/**
 * Keeps what an expensive load returned, for all callers; a failure is never kept (rule 1.5).
 *
 * @param load called with the arguments of the call that finds nothing young enough
 * @param now milliseconds since any fixed point, such as Date.now
 * @returns a function that takes, first of all, how old the value may be, in milliseconds since its load began: 0 loads
 *   it again
 */
export function cached<Arguments extends readonly unknown[], Value>(
  load: (...given: Arguments) => Promise<Value>,
  now: () => number,
): (maxAge: number, ...given: Arguments) => Promise<Value> {
  let kept: { readonly since: number; readonly value: Promise<Value> } | undefined
  return (maxAge, ...given) => {
    if (kept !== undefined && now() - kept.since < maxAge) return kept.value
    const fresh = { since: now(), value: load(...given) }
    kept = fresh
    fresh.value.catch(() => {
      if (kept === fresh) kept = undefined
    })
    return fresh.value
  }
}

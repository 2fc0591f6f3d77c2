/**
 * Keeps what an expensive load returned for a while, for all callers; a failure is never kept (rule 1.5).
 *
 * @param load called with the arguments of the call that finds nothing to use
 * @param milliseconds for how long a value may be used again, counted from when its load began
 * @param now milliseconds since any fixed point, such as Date.now
 */
export function cached<Arguments extends readonly unknown[], Value>(
  load: (...given: Arguments) => Promise<Value>,
  milliseconds: number,
  now: () => number,
): (...given: Arguments) => Promise<Value> {
  let kept: { readonly since: number; readonly value: Promise<Value> } | undefined
  return (...given) => {
    if (kept !== undefined && now() - kept.since < milliseconds) return kept.value
    const fresh = { since: now(), value: load(...given) }
    kept = fresh
    fresh.value.catch(() => {
      if (kept === fresh) kept = undefined
    })
    return fresh.value
  }
}

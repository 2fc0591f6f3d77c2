/**
 * What a call about one thing returns, or undefined where AWS answers that there is no such thing.
 *
 * @param Missing the error by which the service says so; whatever else the call throws goes through
 */
export async function unlessMissing<Value>(
  Missing: abstract new (...given: never[]) => Error,
  call: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof Missing) return undefined
    throw error
  }
}

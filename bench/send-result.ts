/** Hands a program's result to the bench that started it, and lets the program end. */
export function sendResult(result: unknown): void {
  process.send?.(result, undefined, undefined, () => process.disconnect())
}

import type { Paint } from '../cli/session/paint.ts'

/** Lines on standard output, with the time that goes by below them where that is a terminal. */
export class Progress {
  readonly #started = Date.now()
  readonly #paint: Paint
  #timer: NodeJS.Timeout | undefined

  constructor(paint: Paint) {
    this.#paint = paint
  }

  print(...lines: readonly string[]): void {
    this.#clear()
    console.log(lines.join('\n'))
  }

  /** Says what goes on, and shows that it does until it has ended. */
  async during<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.print(what)
    if (process.stdout.isTTY) this.#timer = setInterval(() => this.#show(), 1_000)
    try {
      return await work()
    } finally {
      clearInterval(this.#timer)
      this.#clear()
    }
  }

  #show(): void {
    const seconds = Math.round((Date.now() - this.#started) / 1000)
    process.stdout.write(`\r${this.#paint('dim', `… ${seconds} s`)}`)
  }

  #clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\u001b[K')
  }
}

import timers from 'node:timers/promises'
import { vi } from 'vitest'
import type { Account } from '../../fake-aws/account.ts'
import type { CallName } from '../../fake-aws/api-calls.ts'

// A time that passes only where everything waits for it.

/** From here on, the timers of the functions, their deadlines too, follow the time that `passUntil` lets pass. */
export function startOwnTime(): void {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
  vi.spyOn(timers, 'setTimeout').mockImplementation((milliseconds) =>
    later(milliseconds ?? 0, () => undefined as never),
  )
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), milliseconds)
    return controller.signal
  })
}

/** What happens so many milliseconds from now. */
export const later = <Result>(milliseconds: number, happen: () => Result | Promise<Result>) =>
  new Promise<Result>((resolve, reject) => {
    setTimeout(async () => {
      try {
        resolve(await happen())
      } catch (error) {
        reject(error)
      }
    }, milliseconds)
  })

/** Lets the calls of that name take these times, in milliseconds, over and over. */
export function slow(account: Account, call: CallName, ...delays: readonly number[]): void {
  let made = 0
  const answerLate = (carryOut: () => object) => {
    const delay = delays[made % delays.length] ?? 0
    made += 1
    return later(delay, carryOut)
  }
  account.disturbNext(call, answerLate, { times: 1000 })
}

/** Lets time pass until the run has ended, well or not, or so many milliseconds have passed. */
export async function passUntil(run: Promise<unknown>, milliseconds: number): Promise<'ended' | 'not ended'> {
  const end = Date.now() + milliseconds
  let state: 'ended' | 'not ended' = 'not ended'
  const ended = () => {
    state = 'ended'
  }
  run.then(ended, ended)
  const isOver = () => state === 'ended' || Date.now() > end
  while (!isOver()) {
    for (let turn = 0; turn < 30; turn += 1) await new Promise(setImmediate)
    if (!isOver()) await vi.advanceTimersByTimeAsync(milliseconds / 60)
  }
  return state
}

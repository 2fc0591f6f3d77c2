import { expect, test } from 'vitest'
import { cached } from '../src/cached.ts'

function clockAndLoader() {
  const clock = { now: 0 }
  const loads = { count: 0, fails: false }
  const load = async () => {
    loads.count += 1
    if (loads.fails) throw new Error('not now')
    return loads.count
  }
  return { clock, loads, get: cached(load, 300_000, () => clock.now) }
}

test('a value is used again for five minutes, by callers at the same time too, and then loaded anew', async () => {
  const { clock, loads, get } = clockAndLoader()
  expect(await Promise.all([get(), get()])).toEqual([1, 1])
  clock.now = 299_999
  expect(await get()).toBe(1)
  clock.now = 300_000
  expect(await get()).toBe(2)
  expect(loads.count).toBe(2)
})

test('a failure is never kept', async () => {
  const { loads, get } = clockAndLoader()
  loads.fails = true
  await expect(get()).rejects.toThrow('not now')
  loads.fails = false
  expect(await get()).toBe(2)
})

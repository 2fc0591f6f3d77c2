import { expect, test } from 'vitest'
import { cached } from '../src/cached.ts'

const AGE = 300_000

function clockAndLoader() {
  const clock = { now: 0 }
  const loads = { count: 0, fails: false }
  const load = async () => {
    loads.count += 1
    if (loads.fails) throw new Error('not now')
    return loads.count
  }
  return { clock, loads, get: cached(load, () => clock.now) }
}

test('a value is used again while it is young enough, by callers at the same time too, and then loaded anew', async () => {
  const { clock, loads, get } = clockAndLoader()
  expect(await Promise.all([get(AGE), get(AGE)])).toEqual([1, 1])
  clock.now = 299_999
  expect(await get(AGE)).toBe(1)
  clock.now = 300_000
  expect(await get(AGE)).toBe(2)
  expect(loads.count).toBe(2)
})

test('a value too old for one caller is loaded anew for all', async () => {
  const { clock, get } = clockAndLoader()
  expect(await get(AGE)).toBe(1)
  clock.now = 5_000
  expect(await get(5_000)).toBe(2)
  expect(await get(AGE)).toBe(2)
  expect(await get(0)).toBe(3)
})

test('a failure is never kept, nor the value before it', async () => {
  const { loads, get } = clockAndLoader()
  expect(await get(AGE)).toBe(1)
  loads.fails = true
  await expect(get(0)).rejects.toThrow('not now')
  loads.fails = false
  expect(await get(AGE)).toBe(3)
})

import { expect, test } from 'vitest'
import { trailOrRefuse } from '../../acceptance/find-trail.ts'

test('a trail that records the calls is named', () => {
  expect(trailOrRefuse([{ level: 'ok', message: 'the trail main logs write management events of us-east-1' }])).toBe(
    'the trail main logs write management events of us-east-1',
  )
})

test('without a trail nothing is made, and how to make one is said', () => {
  const verdict = {
    level: 'failure',
    message: 'no trail records the events',
    remedy: '`aws cloudtrail create-trail`',
  } as const
  expect(() => trailOrRefuse([verdict])).toThrow(
    'no trail records the events. A run needs such a trail, and nothing was made: `aws cloudtrail create-trail`',
  )
})

test('where the trail could not be read, a run is not refused, and what may come of it is said', () => {
  const verdict = { level: 'warning', message: 'the trail main could not be checked', remedy: 'ask' } as const
  expect(trailOrRefuse([verdict])).toContain('the trail main could not be checked; if it does not record')
})

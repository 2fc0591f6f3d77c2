import { expect, test } from 'vitest'
import { OBSERVATIONS } from '../../acceptance/observations.ts'
import { readUnconfirmedFacts } from '../documents/compatibility.ts'

test('a run looks at each line of the page, or says why it cannot', () => {
  expect(Object.keys(OBSERVATIONS)).toEqual(readUnconfirmedFacts().map(({ id }) => id))
})

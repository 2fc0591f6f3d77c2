import { expect, test } from 'vitest'
import { isLocalAws } from '../../acceptance/account.ts'

test.each([
  [{}, false],
  [{ AWS_ENDPOINT_URL: '' }, false],
  [{ AWS_ENDPOINT_URL_IAM: '' }, false],
  [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }, true],
  [{ AWS_ENDPOINT_URL: 'http://localhost:4566' }, true],
])('what %j means is a local AWS: %j', (environment, expected) => {
  expect(isLocalAws(environment)).toBe(expected)
})

test.each([
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'https://aws.example.com' }],
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: 'http://127.0.0.1.example.com' }],
  ['AWS_ENDPOINT_URL', { AWS_ENDPOINT_URL: '127.0.0.1:4566' }],
  // Of one service alone: what a run makes would stand partly here and partly there, and what it saw would be of neither.
  ['AWS_ENDPOINT_URL_STS', { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:4566' }],
  [
    'AWS_ENDPOINT_URL_IAM',
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566', AWS_ENDPOINT_URL_IAM: 'https://iam.amazonaws.com' },
  ],
])('nothing is made where %s is neither: %j', (name, environment) => {
  expect(() => isLocalAws(environment)).toThrow(`${name} is `)
  expect(() => isLocalAws(environment)).toThrow('Nothing was made: take it out of the environment')
})

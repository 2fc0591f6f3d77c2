import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { outliveReaders } from '../../cli/session/outlive-readers.ts'

const failing = (code: string) =>
  new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(`write ${code}`), { code })) })

/** What comes of a write to such an output. */
async function writeTo(output: Writable): Promise<'gone on' | Error> {
  const unhandled = new Promise<Error>((resolve) => {
    const emit = output.emit.bind(output)
    output.emit = (name: string, ...values: readonly unknown[]) => {
      try {
        return emit(name, ...values)
      } catch (error) {
        if (error instanceof Error) resolve(error)
        return true
      }
    }
  })
  const closed = new Promise<'gone on'>((resolve) => output.once('close', () => resolve('gone on')))
  output.write('a line')
  return Promise.race([unhandled, closed])
}

test.each([
  ['EPIPE', 'whoever reads it has stopped'],
  ['EIO', 'its terminal has been closed'],
])('%s: a program goes on where %s', async (code) => {
  const output = failing(code)
  outliveReaders(output)
  expect(await writeTo(output)).toBe('gone on')
})

test('what else fails is not passed over', async () => {
  const output = failing('ENOSPC')
  outliveReaders(output)
  expect(await writeTo(output)).toMatchObject({ code: 'ENOSPC' })
})

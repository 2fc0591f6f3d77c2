import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

/** What is imported from where, room by room: a room is an entry directly below the folder. */
function roomsOf(folder: string): ReadonlyMap<string, ReadonlySet<string>> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  const rooms = new Map(files.map((file) => [file.split('/')[0] ?? '', new Set<string>()]))
  for (const file of files) {
    const [room = ''] = file.split('/')
    for (const [, source = ''] of readFileSync(`${folder}/${file}`, 'utf8').matchAll(/\bfrom '(\..+)'/g)) {
      const [imported = ''] = posix.join(posix.dirname(file), source).split('/')
      if (imported !== room && rooms.has(imported)) rooms.get(room)?.add(imported)
    }
  }
  return rooms
}

const SRC = roomsOf('src')

test('the rooms and the arrows between them are few enough to find the way', () => {
  expect(SRC.size).toBeLessThanOrEqual(16)
  expect([...SRC.values()].flatMap((imports) => [...imports]).length).toBeLessThanOrEqual(48)
  expect(roomsOf('cli').size).toBeLessThanOrEqual(17)
})

test('no room of src imports, by whatever way, one that imports it', () => {
  const left = new Map(SRC)
  const isFree = (imports: ReadonlySet<string>) => [...imports].every((room) => !left.has(room))
  for (let free = [...left]; free.length > 0; ) {
    free = [...left].filter(([, imports]) => isFree(imports))
    for (const [room] of free) left.delete(room)
  }
  expect([...left.keys()]).toEqual([])
})

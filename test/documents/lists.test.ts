import { expect, test } from 'vitest'
import { IGNORED, listFolder, textOf } from './documents.ts'

test('the map for contributors lists every folder, and all that is in src and cli', () => {
  const [, map = ''] = /## Where things are\n+```text\n([\s\S]*?)```/.exec(textOf('CONTRIBUTING.md')) ?? []
  const entries: string[] = []
  let folder = ''
  for (const [, indent = '', name = ''] of map.matchAll(/^( *)(\S+)/gm)) {
    if (indent === '') folder = name
    entries.push(indent === '' ? name : `${folder}${name}`)
  }
  const isFolder = (name: string) => name.endsWith('/') && !name.startsWith('.') && !IGNORED.includes(name)
  // Whoever has deployed has settings, and a new clone has none.
  const folders = new Set([...listFolder('.').filter(isFolder), 'settings/'])
  const inside = (room: string) => listFolder(room).map((name) => `${room}/${name}`)
  expect(entries.toSorted()).toEqual([...folders, ...inside('src'), ...inside('cli')].toSorted())
})

test('the table of alarms lists each alarm of the stack', () => {
  const named = [
    ...textOf('infra/alarms.yml').matchAll(/AlarmName: \$\{self:(?:functions\.([\w-]+)\.name|[\w.]+)\}-(\S+)/g),
  ]
  const alarms = named.map(([, owner, name]) => (owner === undefined ? name : `${owner}-${name}`))
  const [, table = ''] = textOf('docs/operating.md').split('\n## Alarms\n')
  const rows = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name)
  expect(alarms.length).toBeGreaterThan(0)
  expect(rows.toSorted()).toEqual(alarms.toSorted())
})

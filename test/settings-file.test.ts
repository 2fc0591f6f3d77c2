import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readSettingsFile, readStageSettings, settingsText } from '../src/config/settings-file.ts'

const KNOWN = ['maxChanges', 'sessionTags', 'tagValue', 'exclusions', 'tags']

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settings-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function read(text: string | Uint8Array) {
  const path = join(folder, 'prod.yml')
  writeFileSync(path, text)
  return readSettingsFile(path, 'settings/prod.yml', KNOWN)
}

function valuesOf(text: string) {
  const found = read(text)
  return found.kind === 'read' ? found.values : found
}

test('each value is text as it is written, whatever else YAML could make of it', () => {
  expect(
    valuesOf('maxChanges: 0\nsessionTags: true # or false\ntagValue: 007\nexclusions:\ntags: a=b, c=d:e\n'),
  ).toEqual({
    maxChanges: '0',
    sessionTags: 'true',
    tagValue: '007',
    exclusions: '',
    tags: 'a=b, c=d:e',
  })
  expect(valuesOf('tagValue: ~')).toEqual({ tagValue: '~' })
  expect(valuesOf('%YAML 1.1\n---\ntagValue: yes')).toEqual({ tagValue: 'yes' })
  expect(valuesOf(`tagValue: "0x1F"\nexclusions: '*Admin*'`)).toEqual({ tagValue: '0x1F', exclusions: '*Admin*' })
  expect(valuesOf('exclusions: >-\n  /break-glass/*,\n  *Admin*\n')).toEqual({ exclusions: '/break-glass/*, *Admin*' })
  expect(valuesOf('exclusions: /break-glass/*,*Admin*')).toEqual({ exclusions: '/break-glass/*,*Admin*' })
  expect(valuesOf('\ufeffmaxChanges: 0\r\nsessionTags: true\r\n')).toEqual({ maxChanges: '0', sessionTags: 'true' })
})

test.each(['', '\n', '# nothing yet\n', '---\n', '{}\n'])('%j holds no settings', (text) => {
  expect(valuesOf(text)).toEqual({})
})

describe('what it cannot be is said in one line, with the file, the setting, what was found and what was expected', () => {
  test.each([
    ['maxchanges: 0', 'maxchanges: there is no such setting, expected one of maxChanges, sessionTags, tagValue, '],
    ['__proto__: x', '__proto__: there is no such setting'],
    ['<<: x', '<<: there is no such setting'],
    ['? [a]\n: x', 'a list: there is no such setting'],
    ['exclusions: [a, b]', 'exclusions: found a list, expected text: values separated by commas'],
    ['exclusions:\n  - a\n  - b', 'exclusions: found a list, expected text'],
    ['tags:\n  team: x', 'tags: found a map, expected text: values separated by commas'],
    [
      'exclusions: *Admin*',
      'exclusions: found *Admin*, which refers to another place in YAML, expected text in quotes: "*Admin*"',
    ],
    ['maxChanges: 0\nmaxChanges: 1', 'maxChanges: found twice, expected once'],
    ['maxChanges: !!int 0', 'maxChanges: found the tag tag:yaml.org,2002:int, expected text without a tag'],
    ['exclusions: |\n  /a/*,\n  /b/*\n', 'exclusions: found several lines, expected text on one line'],
    ['tagValue: "a\\tb"', 'tagValue: found "a\\tb", expected text without the sign "\\t"'],
    // The name of an anchor: nothing would be left of the exclusion.
    [
      'exclusions: &Admin*',
      'exclusions: found &Admin*, which names a place in YAML, expected text in quotes: "&Admin*"',
    ],
    ['tagValue: &a true', 'tagValue: found &a, which names a place in YAML'],
    ['"a\\nb": 0', '"a\\nb": there is no such setting'],
    ['"maxChanges\\e": 0', '"maxChanges\\u001b": there is no such setting'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Serverless
    ['tagValue: ${env:USER}', 'tagValue: found "${env:USER}", expected text as it is'],
    ['- maxChanges', 'found a list, expected a map of settings'],
    ['maxChanges', 'found text, expected a map of settings'],
    ['maxChanges:0', 'found text, expected a map of settings'],
    ['maxChanges: 0\n---\nmaxChanges: 1', 'found several documents, expected one'],
    ['---\n---\nmaxChanges: 1', 'found several documents, expected one'],
    [
      'exclusions: "/a/*',
      'exclusions: found Missing closing "quote at line 1, column 18, expected text on one line, in quotes',
    ],
    ['exclusions: *', 'exclusions: found Alias cannot be an empty string at line 1, column 13, expected text'],
    ['maxChanges: 0\n# all\nexclusions: *, /a/*', 'exclusions: found Alias cannot be an empty string at line 3'],
    [
      'tagValue: @x',
      'tagValue: found Plain value cannot start with reserved character @ at line 1, column 11, expected',
    ],
    ['exclusions: *Admin*, /a/*', 'exclusions: found '],
    ['tags: a=b\nexclusions: >-\n/a/*\nmaxChanges: 0', 'found Implicit keys need to be on a single line at line 3'],
    ['a: b: c', 'found Nested mappings are not allowed in compact mappings at line 1, column 4, expected a map'],
    ['\tmaxChanges: 0', 'found Tabs are not allowed as indentation at line 1, column 1, expected a map of settings'],
  ])('%j', (text, problem) => {
    const found = read(text)
    expect(found).toMatchObject({ kind: 'wrong', problem: expect.stringContaining(`settings/prod.yml: ${problem}`) })
    expect(found).toMatchObject({ problem: expect.not.stringMatching(/\p{Cc}/u) })
  })

  test('a link to nothing: it is not taken for a stage without a file', () => {
    mkdirSync(join(folder, 'settings'))
    symlinkSync(join(folder, 'gone.yml'), join(folder, 'settings/dev.yml'))
    expect(readStageSettings(folder, 'dev', KNOWN)).toMatchObject({
      problem: expect.stringMatching(/^settings\/dev\.yml: a link to a file that is not there/),
    })
  })

  test('bytes that are no text, and a folder of that name', () => {
    expect(read(Uint8Array.of(0xff, 0xfe, 0x61, 0))).toMatchObject({
      problem: 'settings/prod.yml: found bytes that are not UTF-8, expected text',
    })
    mkdirSync(join(folder, 'folder.yml'))
    expect(readSettingsFile(join(folder, 'folder.yml'), 'folder.yml', KNOWN)).toMatchObject({
      problem: expect.stringMatching(/^folder\.yml: cannot be read \(EISDIR/),
    })
  })
})

describe('the file of a stage', () => {
  test('is that of its name in settings/', () => {
    mkdirSync(join(folder, 'settings'))
    writeFileSync(join(folder, 'settings/prod.yml'), 'maxChanges: 0')
    const file = 'settings/prod.yml'
    expect(readStageSettings(folder, 'prod', KNOWN)).toEqual({ kind: 'read', file, values: { maxChanges: '0' } })
  })

  test('may be missing, but not under another ending', () => {
    expect(readStageSettings(folder, 'prod', KNOWN)).toEqual({ kind: 'missing', file: 'settings/prod.yml' })
    mkdirSync(join(folder, 'settings'))
    writeFileSync(join(folder, 'settings/prod.yaml'), 'maxChanges: 0')
    expect(readStageSettings(folder, 'prod', KNOWN)).toMatchObject({
      problem: 'settings/prod.yaml: nobody reads a file of this name; rename it to settings/prod.yml',
    })
  })
})

test('a file that is written is read back as it was meant', () => {
  const value = fc.string({ unit: fc.constantFrom(...'ab0~*&!#:-?,"\'[]{}%@`| \\=>é') })
  const values = fc.dictionary(fc.constantFrom(...KNOWN), value, { noNullPrototype: true })
  fc.assert(
    fc.property(values, (values) => {
      expect(valuesOf(settingsText(values))).toEqual(values)
    }),
  )
})

import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { codeSpansOf, DOCUMENTS, headingsOf, isThere, proseOf, SOURCES, textOf } from './documents.ts'

/** The anchor that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-')
}

/** Where the links and pictures of a document lead within the project. */
function targetsOf(path: string): readonly string[] {
  const found = proseOf(path).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)
  return [...found].map(([, link, attribute]) => link ?? attribute ?? '').filter((target) => !/^[a-z]+:/.test(target))
}

/** Whether a link, from a document, leads to a file and to a heading that are there. */
function leadsSomewhere(document: string, target: string): boolean {
  const [file = '', anchor] = target.split('#')
  const path = file === '' ? document : join(dirname(document), file)
  return isThere(path) && (anchor === undefined || headingsOf(path).map(anchorOf).includes(anchor))
}

test.each(DOCUMENTS)('each link of %s leads to a file and a heading that are there', (document) => {
  expect(targetsOf(document).filter((target) => !leadsSomewhere(document, target))).toEqual([])
})

test.each(DOCUMENTS)('each file and folder that %s names is there', (document) => {
  const paths = codeSpansOf(document).filter((code) =>
    /^(?:bench|cli|docs|events|fake-aws|handlers|infra|lint|org|release|sandbox|src|test|\.ci)\/[\w./-]*$/.test(code),
  )
  expect(paths.filter((path) => !isThere(path))).toEqual([])
})

test('each document and heading that a message, an alarm or a comment names is there', () => {
  const named = [...SOURCES, ...DOCUMENTS].flatMap((path) => {
    const text = textOf(path)
      .replace(/\\(["'])/g, '$1')
      .replace(/\s+(?:\*|\/\/|#)?\s*/g, ' ')
    return [...text.matchAll(/(docs\/[\w-]+\.md|README|CONTRIBUTING)(?:, "([^"]+)")?/g)]
  })
  expect(named.length).toBeGreaterThan(0)
  const missing = named.filter(([, name = '', heading]) => {
    const document = name.endsWith('.md') ? name : `${name}.md`
    return !isThere(document) || (heading !== undefined && !headingsOf(document).includes(heading))
  })
  expect(missing.map(([reference]) => reference)).toEqual([])
})

test('each rule that anybody cites is there', () => {
  const rules = [...textOf('docs/rules.md').matchAll(/^\*\*(\d+\.\d+)\*\*/gm)].map(([, rule]) => rule)
  const cited = [...SOURCES, ...DOCUMENTS].flatMap((path) => [...textOf(path).matchAll(/\brule (\d+\.\d+)/gi)])
  expect(cited.length).toBeGreaterThan(0)
  expect(cited.filter(([, rule]) => !rules.includes(rule)).map(([reference]) => reference)).toEqual([])
})

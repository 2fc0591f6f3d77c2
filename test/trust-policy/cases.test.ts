import { describe, expect, it } from 'vitest'
import { planFor, type TrustCase, tables, textOf } from './case-tables.ts'

/** One test an entry of the tables. */

function check(entry: TrustCase): void {
  const { expected } = entry
  const plan = planFor(entry, textOf(entry))

  switch (expected.kind) {
    case 'unchanged':
      expect(plan).toEqual(expected)
      return
    case 'change': {
      // Parsed first: a wrong value then shows as a difference of objects and not of two long lines.
      const written = plan.kind === 'change' ? JSON.parse(plan.document) : undefined
      expect({ ...plan, document: written }).toEqual(expected)
      // As text as well: the order of keys, no white space, and escapes for what IAM does not take raw.
      const document = JSON.stringify(expected.document).replace(/[^\0-\xff]/g, escaped)
      expect(plan).toHaveProperty('document', document)
      expect(planFor(entry, document)).toEqual({ kind: 'unchanged', notes: expected.notes })
      return
    }
    case 'blocked':
      expect(plan).toMatchObject({
        kind: 'blocked',
        reason: expected.reason,
        detail: expect.stringContaining(expected.detail ?? ''),
        ...(expected.notes && { notes: expected.notes }),
      })
  }
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}

for (const { file, cases } of tables) {
  describe(file, () => {
    for (const entry of cases) it(entry.name, () => check(entry))

    it('holds the cases of one rule', () => {
      expect(new Set(cases.map(({ rule }) => rule))).toEqual(new Set([file.slice(0, file.indexOf('-'))]))
    })
  })
}

describe('the tables together', () => {
  const all = tables.flatMap(({ cases }) => cases)

  it('name every case once', () => {
    const names = all.map(({ name }) => name)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })

  it('state a document for every case, or say that there is none', () => {
    expect(all.filter(({ current }) => current === undefined)).toEqual([])
  })
})

import { load } from 'cheerio'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html } from '../../src/dashboard-widget/html.ts'

/** Any text, and often one made of what means something in HTML. NUL and carriage returns no parser hands back. */
const texts = fc
  .oneof(
    fc.string({ unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('<', '>', '"', "'", '&', '&lt;', '</td>', '<script>', '<!--', '-->', '`', '=', '/', ' x'))
      .map((parts) => parts.join('')),
  )
  .filter((text) => !/[\0\r]/.test(text))

test('whatever stands in a text or an attribute is read back as it was, and nothing else comes of it', () => {
  fc.assert(
    fc.property(texts, texts, (title, words) => {
      const $ = load(html`<p title="${title}">${words}</p>`.toString())
      expect($('body').children()).toHaveLength(1)
      expect($('p').children()).toHaveLength(0)
      expect($('p').get(0)?.attribs).toEqual({ title })
      expect($('p').text()).toBe(words)
    }),
  )
})

test('what the template made is not escaped again, alone or in a list', () => {
  const items = ['a', '<b>'].map((item) => html`<li>${item}</li>`)
  expect(html`<ul>${items}${html`<li>c</li>`}</ul>`.toString()).toBe(
    '<ul><li>a</li><li>&#60;b&#62;</li><li>c</li></ul>',
  )
})

test('a number and nothing at all may stand in it too', () => {
  expect(html`<p>${3}${''}</p>`.toString()).toBe('<p>3</p>')
})

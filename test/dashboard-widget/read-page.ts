import { load } from 'cheerio'

/** What a person reads on the page of the widget, read by a parser that follows the HTML standard. */
export function readPage(html: string) {
  const $ = load(html)
  const all = (selector: string) => $(selector).toArray()
  const texts = (selector: string) => all(selector).map((element) => $(element).text())
  const elements = $('body *').toArray()
  return {
    theme: $('.ort-dark').length > 0 ? 'dark' : 'light',
    elements: [...new Set(elements.map(({ tagName }) => tagName))].sort(),
    attributes: [...new Set(elements.flatMap(({ attribs }) => Object.keys(attribs)))].sort(),
    totals: Object.fromEntries(
      all('.ort-totals > div').map((total) => [
        $(total).children('.ort-state').text(),
        Number($(total).children('.ort-number').text()),
      ]),
    ),
    facts: Object.fromEntries(
      all('.ort-facts > div').map((fact) => [
        $(fact).children('dt').text(),
        $(fact)
          .children('dd')
          .toArray()
          .map((value) => $(value).text()),
      ]),
    ),
    alerts: texts('.ort-alert'),
    rows: all('tbody tr').map((row) => {
      const [role, state, why] = $(row)
        .children('td')
        .toArray()
        .map((cell) => $(cell).text())
      return { role, state, why, url: $(row).find('a').attr('href') }
    }),
    below: texts('table ~ p'),
  }
}

/** What may stand between the literal parts: text is escaped, HTML is not, since `html` made it too. */
type Value = string | number | Html | readonly Html[]

/**
 * A piece of HTML in which everything that came from outside is escaped. Only the template `html` makes one: there is
 * no way around the escaping.
 */
export class Html {
  readonly #markup: string

  private constructor(markup: string) {
    this.#markup = markup
  }

  static readonly template = (literals: TemplateStringsArray, ...values: readonly Value[]): Html =>
    new Html(literals.reduce((markup, literal, index) => markup + markupOf(values[index - 1] ?? '') + literal))

  toString(): string {
    return this.#markup
  }
}

/**
 * HTML from literal parts and values: html`<td title="${words}">${name}</td>`. A value may stand as the text of an
 * element or in an attribute between quotes, and nowhere else.
 */
export const html = Html.template

function markupOf(value: Value): string {
  if (value instanceof Html) return value.toString()
  if (typeof value === 'object') return value.map(markupOf).join('')
  return `${value}`.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

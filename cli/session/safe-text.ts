import { DECEIVING } from '../../src/input.ts'

/**
 * A text as one line that shows what it holds: a trust policy or an answer of AWS may hold anything, and a person decides
 * by what the terminal shows. Escaped so, a line of JSON stays the same JSON.
 */
export function safeText(text: string): string {
  return text.replace(DECEIVING, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}

import { styleText } from 'node:util'

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim'

const COLOURS: Readonly<Record<Colour, true>> = {
  green: true,
  red: true,
  yellow: true,
  cyan: true,
  bold: true,
  dim: true,
}

export function isColour(name: string | undefined): name is Colour {
  return name !== undefined && Object.hasOwn(COLOURS, name)
}

/** Colours a text, or leaves it plain. */
export type Paint = (colour: Colour, text: string) => string

/** Colours on a terminal only, and never where NO_COLOR is set (no-color.org). */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const coloured = stream.isTTY && !environment.NO_COLOR
  // Whether the stream takes colours is decided here, the same on every Node.
  return (colour, text) => (coloured ? styleText(colour, text, { validateStream: false }) : text)
}

// These functions run in the page: they must not use anything from outside of themselves.

/** How a text is seen: its colour against what lies behind it. */
export interface SeenText {
  readonly text: string
  /** 1 to 21; 4.5 is what WCAG 2 asks for at the least (success criterion 1.4.3). */
  readonly contrast: number
}

/** Every piece of text in the element, by the colours that the browser computed. */
export function seenTexts(root: Element): readonly SeenText[] {
  const colourOf = (value: string) => {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (value.match(/[\d.]+/g) ?? []).map(Number)
    return { channels: [red, green, blue], alpha }
  }
  const luminance = ({ channels }: { channels: readonly number[] }) => {
    const [red = 0, green = 0, blue = 0] = channels
      .map((channel) => channel / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const behind = (element: Element | null): ReturnType<typeof colourOf> => {
    if (element === null) return colourOf('rgb(255, 255, 255)')
    const background = colourOf(getComputedStyle(element).backgroundColor)
    if (background.alpha !== 0 && background.alpha !== 1) throw new Error('a background that is half transparent')
    return background.alpha === 1 ? background : behind(element.parentElement)
  }
  const seen: SeenText[] = []
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const { parentElement: parent, textContent } = node
    const text = (textContent ?? '').trim()
    if (text === '' || parent === null || parent.tagName === 'STYLE') continue
    const [one, other] = [luminance(colourOf(getComputedStyle(parent).color)), luminance(behind(parent))]
    seen.push({ text, contrast: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05) })
  }
  return seen
}

/** The texts of the element and of those below it that are wider than their place. */
export function overflowing(root: Element): readonly string[] {
  return [root, ...root.querySelectorAll('div, table, td, th, p, dl, dd')]
    .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map(({ tagName, textContent }) => `${tagName}: ${textContent}`)
}

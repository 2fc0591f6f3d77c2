import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, Page } from 'playwright-core'
import type { Theme } from '../../src/dashboard-widget/frame.ts'

/** What CloudWatch sets around a custom widget. The colours are those of Cloudscape, AWS's design system. */
const COLOURS = {
  light: { page: '#f6f6f9', widget: '#ffffff', text: '#0f141a', line: '#c6c6cd' },
  dark: { page: '#0f141a', widget: '#161d26', text: '#c6c6cd', line: '#424650' },
} satisfies Record<Theme, unknown>

const require = createRequire(import.meta.url)

/** Open Sans stands for the console's own font, which is not free; it is what Cloudscape uses outside of AWS. */
const FONT_FACES = [
  fontFace(400, require.resolve('@fontsource/open-sans/files/open-sans-latin-400-normal.woff2')),
  fontFace(700, require.resolve('@fontsource/open-sans/files/open-sans-latin-700-normal.woff2')),
]

export interface WidgetBox {
  readonly theme: Theme
  /** Of the widget's box, in CSS pixels. */
  readonly width: number
  readonly height?: number
  readonly background?: string
  readonly scale?: number
  readonly title?: string
}

/**
 * Opens a page in the likeness of a CloudWatch dashboard with the widget on it. The page can reach nothing outside; it
 * notes in `requests` what it tries.
 */
export async function openDashboard(
  browser: Browser,
  widget: string,
  {
    theme,
    width,
    height,
    background = COLOURS[theme].widget,
    scale = 1,
    title = 'Roles that should trust Okta',
  }: WidgetBox,
): Promise<{ readonly page: Page; readonly requests: readonly string[] }> {
  const page = await browser.newPage({
    viewport: { width: width + 48, height: (height ?? 900) + 48 },
    deviceScaleFactor: scale,
    colorScheme: theme,
  })
  const requests: string[] = []
  await page.route('**', (route, request) => {
    requests.push(request.url())
    return route.abort()
  })
  const colours = COLOURS[theme]
  await page.setContent(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Dashboard</title>
<style>
${FONT_FACES.join('\n')}
body { margin: 0; padding: 24px; background: ${colours.page}; color: ${colours.text};
  font: 14px/20px "Open Sans", sans-serif; -webkit-font-smoothing: antialiased }
.box { box-sizing: border-box; width: ${width}px; background: ${background};
  border: 1px solid ${colours.line}; border-radius: 16px; padding: 16px 20px }
.box h2 { margin: 0 0 12px; font-size: 16px; line-height: 20px }
.content { overflow: auto;${height === undefined ? '' : ` height: ${height}px`} }
</style>
</head>
<body><section class="box"><h2>${title}</h2><div class="content">${widget}</div></section></body>
</html>`)
  await page.evaluate('document.fonts.ready')
  return { page, requests }
}

function fontFace(weight: number, file: string): string {
  const url = `data:font/woff2;base64,${readFileSync(file, 'base64')}`
  return `@font-face { font-family: "Open Sans"; font-weight: ${weight}; src: url(${url}) format("woff2") }`
}

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Debian, Ubuntu, GitHub's runners and macOS have it. */
const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium-browser',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Text is drawn the same on every machine.
  '--font-render-hinting=none',
  '--disable-lcd-text',
]

/**
 * Starts the Chromium or Chrome of this machine, without a window and with a new profile that is deleted afterwards.
 *
 * @throws Error that says where was looked and how to get one
 */
export async function startChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ARGUMENTS })
}

function findChromium(): string {
  const { CHROMIUM_PATH: chosen } = process.env
  const found = (chosen === undefined ? USUAL_PLACES : [chosen]).find((path) => existsSync(path))
  if (found !== undefined) return found
  throw new Error(
    chosen === undefined
      ? `No Chromium found: looked for ${USUAL_PLACES.join(', ')}. Install one (on Debian: apt-get install chromium), or set CHROMIUM_PATH`
      : `No Chromium found at ${chosen}, where CHROMIUM_PATH points`,
  )
}

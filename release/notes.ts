import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { releaseNotes } from './release-notes.ts'

// Prints the notes of a release: `npm run --silent release:notes -- v1.2.3 https://github.com/OWNER/NAME`

const [tag = '', repository = ''] = process.argv.slice(2)
const { version } = z.parse(z.object({ version: z.string() }), JSON.parse(readFileSync('package.json', 'utf8')))
try {
  process.stdout.write(releaseNotes(tag, version, readFileSync('CHANGELOG.md', 'utf8'), repository))
} catch (error) {
  process.stderr.write(`Error: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

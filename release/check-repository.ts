import { readFileSync } from 'node:fs'
import { checkRepository } from './repository.ts'

// Before anything is released: `npm run --silent release:repository -- https://github.com/OWNER/NAME`

const [address = ''] = process.argv.slice(2)
try {
  checkRepository(JSON.parse(readFileSync('package.json', 'utf8')), address)
} catch (error) {
  process.stderr.write(`Error: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

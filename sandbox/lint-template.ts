import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { packageStack, type Stack } from './package-stack.ts'
import { pythonTools } from './python-tools.ts'

// Packages and releases the stack as it is, and holds the templates against the schemas of CloudFormation. Any finding
// fails but those known here, and a known one that is not found any more fails too. Asks nobody in AWS.

const run = promisify(execFile)

/** "rule path" of each. osls writes a DependsOn beside the GetAtt of a function's role: superfluous, and harmless. */
const KNOWN = ['RoleDashevent', 'ScheduledDashsweep', 'Backfill', 'DashboardDashwidget'].map(
  (name) => `W3005 Resources/${name}LambdaFunction/DependsOn/1`,
)

const Findings = z.array(
  z.object({
    Rule: z.object({ Id: z.string() }),
    Location: z.object({ Path: z.array(z.union([z.string(), z.number()])) }),
    Message: z.string(),
  }),
)
const RegionRules = z.object({
  RegionWhereIamEventsArrive: z.object({
    Assertions: z.tuple([
      z.object({ Assert: z.object({ 'Fn::Contains': z.tuple([z.array(z.string()), z.unknown()]) }) }),
    ]),
  }),
})

const linter = join(await pythonTools(console.error), 'cfn-lint')
const stack = await packageStack()
try {
  const regions = regionsOf(stack)
  console.log('Releasing: npm run release')
  await run('npm', ['run', '--silent', 'release'])
  const { stdout: version } = await run(linter, ['--version'])
  console.log(`${version.trim()} checks for ${regions.join(', ')}`)
  let unmet = 0
  for (const [template, known] of [
    [join(stack.folder, 'cloudformation-template-update-stack.json'), KNOWN],
    ['dist/release/okta-role-trust.template.json', KNOWN],
    ['dist/release/okta-role-trust-bucket.template.json', []],
    ['dist/release/okta-role-trust-execution-role.template.json', []],
    ['dist/release/okta-role-trust-hub.template.json', []],
    ['dist/release/okta-role-trust-identity.template.json', []],
  ] as const) {
    unmet += await check(template, known, regions)
  }
  console.log(`${unmet} to mend`)
  process.exitCode = unmet > 0 ? 1 : 0
} finally {
  rmSync(stack.folder, { recursive: true })
}

/** Prints what is to mend in a template, and how many of that there are. */
async function check(template: string, known: readonly string[], regions: readonly string[]): Promise<number> {
  const findings = await lint(template, regions)
  const unknown = findings.filter(({ place }) => !known.includes(place))
  const missing = known.filter((one) => !findings.some(({ place }) => place === one))
  console.log(basename(template))
  for (const { place, message } of unknown) console.log(`  ${place}: ${message}`)
  for (const one of missing) console.log(`  ${one}: not found any more. Remove it from sandbox/lint-template.ts`)
  for (const one of known) console.log(`  known and harmless: ${one}`)
  return unknown.length + missing.length
}

async function lint(template: string, regions: readonly string[]) {
  // Findings are no failure of the linter itself: only that one gives an exit code.
  const options = ['--format', 'json', '--non-zero-exit-code', 'none', '--regions', ...regions]
  const { stdout } = await run(linter, [...options, '--template', template])
  return Findings.parse(JSON.parse(stdout)).map(({ Rule, Location, Message }) => ({
    place: `${Rule.Id} ${Location.Path.join('/')}`,
    message: Message,
  }))
}

/** Those to which the template lets itself be deployed. */
function regionsOf({ template }: Stack): readonly string[] {
  const [{ Assert }] = RegionRules.parse(template.Rules).RegionWhereIamEventsArrive.Assertions
  return Assert['Fn::Contains'][0]
}

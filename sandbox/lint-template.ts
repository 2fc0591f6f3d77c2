import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { packageStack, type Stack } from './package-stack.ts'
import { pythonTools } from './python-tools.ts'

// Packages the stack as it is, and holds its template against the schemas of CloudFormation. Any finding fails but those
// known here, and a known one that is not found any more fails too. Asks nobody in AWS.

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
  const findings = await lint(stack, regions)
  const unknown = findings.filter(({ place }) => !KNOWN.includes(place))
  const missing = KNOWN.filter((known) => !findings.some(({ place }) => place === known))
  const { stdout: version } = await run(linter, ['--version'])
  console.log(
    `${version.trim()} checked ${Object.keys(stack.template.Resources).length} resources for ${regions.join(', ')}`,
  )
  for (const { place, message } of unknown) console.log(`  ${place}: ${message}`)
  for (const known of missing) console.log(`  ${known}: not found any more. Remove it from sandbox/lint-template.ts`)
  for (const known of KNOWN) console.log(`  known and harmless: ${known}`)
  console.log(`${unknown.length + missing.length} to mend`)
  process.exitCode = unknown.length + missing.length > 0 ? 1 : 0
} finally {
  rmSync(stack.folder, { recursive: true })
}

async function lint({ folder }: Stack, regions: readonly string[]) {
  const template = join(folder, 'cloudformation-template-update-stack.json')
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

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { copyProject } from './copy-project.ts'

const run = promisify(execFile)

const Statement = z.looseObject({
  Sid: z.optional(z.string()),
  Effect: z.enum(['Allow', 'Deny']),
  Action: z.union([z.string(), z.array(z.string())]),
})
const PolicyDocument = z.object({ Version: z.literal('2012-10-17'), Statement: z.array(Statement) })
const Role = z.object({
  ManagedPolicyArns: z._default(z.array(z.object({ Ref: z.string() })), []),
  Policies: z.array(z.object({ PolicyDocument })),
})
const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()) })
const Template = z.looseObject({ Resources: z.record(z.string(), Resource), Rules: z.unknown() })

/** The packaged template, and where the packages lie. */
export interface Stack {
  readonly template: z.infer<typeof Template>
  readonly folder: string
}

/** Runs `serverless package` as on a machine that knows nothing of AWS, nor of settings: no credentials, no region, no file. */
export async function packageStack(...options: readonly string[]): Promise<Stack> {
  const project = copyProject()
  try {
    return await packageStackOf(project, ...options)
  } finally {
    rmSync(project, { recursive: true })
  }
}

/** The same in another folder with the project. */
export async function packageStackOf(project: string, ...options: readonly string[]): Promise<Stack> {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'))
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')))
  try {
    await run('npx', ['serverless', 'package', '--package', folder, ...options], { cwd: project, env })
    const text = readFileSync(join(folder, 'cloudformation-template-update-stack.json'), 'utf8')
    return { template: Template.parse(JSON.parse(text)), folder }
  } catch (error) {
    rmSync(folder, { recursive: true })
    throw error
  }
}

export function propertiesOf({ template }: Stack, logicalId: string) {
  return template.Resources[logicalId]?.Properties
}

export function resourcesOfType({ template }: Stack, type: string) {
  return Object.values(template.Resources).filter((resource) => resource.Type === type)
}

/** The policy documents of a role, both its own and the managed ones. */
export function policiesOf(stack: Stack, roleId: string) {
  const { ManagedPolicyArns, Policies } = Role.parse(propertiesOf(stack, roleId))
  const managed = ManagedPolicyArns.map(({ Ref }) => PolicyDocument.parse(propertiesOf(stack, Ref)?.PolicyDocument))
  return [...managed, ...Policies.map((policy) => policy.PolicyDocument)]
}

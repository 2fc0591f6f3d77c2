import { expect, test } from 'vitest'
import deployerPolicy from '../../infra/deployer-policy.json'
import { resourcesOfType, type Stack } from '../../sandbox/package-stack.ts'
import { type Context, isAllowedToDeployer } from './ask-deployer-policy.ts'
import { LEFT_OUT } from './left-out.ts'
import { NOT_RECORDED, RECORDED } from './osls-calls.ts'
import schemaPermissions from './schema-permissions.json'
import { arnsOfType } from './stack-arns.ts'

const typesOf = ({ template }: Stack) => [...new Set(Object.values(template.Resources).map(({ Type }) => Type))].sort()

const SCHEMAS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(schemaPermissions))
const leftOutOf = (type: string) => LEFT_OUT[type] ?? []

/** What CloudFormation asks IAM for to create, read, change and delete resources of a type. */
function neededFor(type: string): readonly string[] {
  const without = leftOutOf(type).flatMap(({ permissions }) => permissions)
  return (SCHEMAS.get(type) ?? []).filter((permission) => !without.includes(permission))
}

const OSLS = [...Object.values(RECORDED), ...NOT_RECORDED]

/** Permissions that are asked for without the name of a resource (Service Authorization Reference). */
const WITHOUT_NAME = ['logs:DescribeIndexPolicies', 'logs:DescribeLogGroups', 'logs:DescribeResourcePolicies']

/** How CloudFormation asks: most on the resource itself, some on what the resource works with. */
function askedFor(of: Stack, stackName: string, type: string, action: string): readonly [string, Context][] {
  const arns = (wanted: string) => arnsOfType(of, stackName, wanted)
  if (WITHOUT_NAME.includes(action)) return [['*', {}]]
  if (action === 'iam:PassRole') {
    const [service, isPassed] =
      type === 'AWS::Events::Rule'
        ? ['events.amazonaws.com', (role: string) => role.endsWith('-forward')]
        : ['lambda.amazonaws.com', (role: string) => !role.endsWith('-forward')]
    return arns('AWS::IAM::Role')
      .filter(isPassed)
      .map((role) => [role, { 'iam:PassedToService': service }])
  }
  if (action.endsWith('tachRolePolicy')) {
    const [policy = ''] = arns('AWS::IAM::ManagedPolicy')
    return arns('AWS::IAM::Role').map((role) => [role, { 'iam:PolicyARN': policy }])
  }
  if (action.endsWith('EventSourceMapping')) {
    const [mapping = ''] = arns(type)
    const resource = action === 'lambda:CreateEventSourceMapping' ? '*' : mapping
    return arns('AWS::Lambda::Function').map((name) => [resource, { 'lambda:FunctionArn': name }])
  }
  if (/^s3:\w+Object$/.test(action)) {
    return arns('AWS::S3::Bucket').map((bucket) => [`${bucket}/serverless/okta-role-trust/dev/1/backfill.zip`, {}])
  }
  return arns(type).map((resource) => [resource, {}])
}

interface Question {
  readonly type: string
  readonly action: string
  readonly resource: string
  readonly context: Context
}

function questionsOf(of: Stack, stackName: string): readonly Question[] {
  return typesOf(of).flatMap((type) =>
    neededFor(type).flatMap((action) =>
      askedFor(of, stackName, type, action).map(([resource, context]) => ({ type, action, resource, context })),
    ),
  )
}

async function refusedOf(questions: readonly Question[]): Promise<readonly Question[]> {
  const refused: Question[] = []
  for (const question of questions) {
    const { action, resource, context } = question
    if (!(await isAllowedToDeployer(action, resource, context))) refused.push(question)
  }
  return refused
}

/**
 * Whether the policy for whoever deploys fits the packaged stack.
 *
 * @param stages of the packaged stacks
 * @param stackOf asked when the tests run
 */
export function testDeployerPolicy(stages: readonly string[], stackOf: (stage: string) => Stack): void {
  const anyStack = () => stackOf(stages[0] ?? '')

  test('knows the schema of each type in the template', () => {
    expect([...SCHEMAS.keys()].sort()).toEqual(typesOf(anyStack()))
  })

  test.each(stages)('lets CloudFormation do all that the stack of the stage %s needs', async (stage) => {
    const questions = questionsOf(stackOf(stage), `okta-role-trust-${stage}`)
    expect(await refusedOf(questions)).toEqual([])
  })

  test.each(Object.entries(LEFT_OUT))(
    'leaves out of %s what the template does not use, and only that',
    (type, parts) => {
      const properties = resourcesOfType(anyStack(), type).flatMap((resource) => Object.keys(resource.Properties))
      expect(properties).not.toEqual([])
      for (const part of parts) {
        expect(SCHEMAS.get(type)).toEqual(expect.arrayContaining([...part.permissions]))
        for (const property of 'unused' in part ? part.unused : []) expect(properties).not.toContain(property)
      }
    },
  )

  test('holds nothing that neither osls nor a schema needs', () => {
    const needed = [...OSLS.map(({ action }) => action), ...typesOf(anyStack()).flatMap(neededFor)]
    const granted = deployerPolicy.Statement.flatMap(({ Action }) => Action)
    const [patterns, names] = [true, false].map((isPattern) =>
      granted.filter((name) => name.includes('*') === isPattern),
    )
    expect(names?.filter((name) => !needed.includes(name))).toEqual([])
    // They save room, and only read.
    for (const pattern of patterns ?? []) {
      expect(pattern).toMatch(/:(Get|List)\w*\*\w*$/)
      const [start = '', end = ''] = pattern.split('*')
      expect(needed.filter((name) => name.startsWith(start) && name.endsWith(end)).length).toBeGreaterThan(1)
    }
  })
}

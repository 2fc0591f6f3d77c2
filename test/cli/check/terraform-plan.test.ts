import { describe, expect, test } from 'vitest'
import { AUDIENCE, ec2, managed, OKTA, policy, TAGGED } from '../../functions.ts'
import { checkedRoles } from './check-files.ts'

const RIGHT = JSON.stringify(policy(managed))
const LACKING = JSON.stringify(policy(ec2))

/** A role as the AWS provider plans it, all of it known but what is given otherwise. */
const values = (changes: object = {}) => ({
  name: 'analyst',
  name_prefix: '',
  path: '/',
  assume_role_policy: LACKING,
  tags: TAGGED,
  tags_all: TAGGED,
  ...changes,
})
const resource = (values: object, address = 'aws_iam_role.analyst', more: object = {}) => ({
  address,
  mode: 'managed',
  type: 'aws_iam_role',
  name: 'analyst',
  provider_name: 'registry.terraform.io/hashicorp/aws',
  values,
  ...more,
})
const change = (after: object | null, after_unknown: unknown, address = 'aws_iam_role.analyst', more: object = {}) => ({
  address,
  mode: 'managed',
  type: 'aws_iam_role',
  change: { actions: ['create'], before: null, after, after_unknown, after_sensitive: {} },
  ...more,
})
const plan = (resources: readonly object[], changes: readonly object[] = [], more: object = {}) => ({
  format_version: '1.2',
  terraform_version: '1.9.5',
  planned_values: { root_module: { resources } },
  resource_changes: changes,
  ...more,
})

/** The only role of a plan with these values, of which some are known only after apply. */
async function onlyRole(after: object, unknown: unknown = {}, options: readonly string[] = []) {
  const { roles } = await checkedRoles(plan([resource(after)], [change(after, unknown)]), options)
  return roles[0]
}

test('a planned role is told with what is missing, and the statement to write', async () => {
  const { roles, exitCode } = await checkedRoles(plan([resource(values())]))
  expect(roles).toEqual([
    { name: 'aws_iam_role.analyst', kind: 'planned', reason: 'access-missing', notes: [], statement: managed },
  ])
  expect(exitCode).toBe(2)
})

test('roles of modules are found at any depth, each by its address', async () => {
  const root = {
    resources: [resource(values(), 'aws_iam_role.root')],
    child_modules: [
      {
        address: 'module.a',
        resources: [resource(values({ assume_role_policy: RIGHT }), 'module.a.aws_iam_role.this["x"]')],
        child_modules: [
          {
            address: 'module.a.module.b[0]',
            resources: [resource(values(), 'module.a.module.b[0].aws_iam_role.this[1]')],
          },
        ],
      },
    ],
  }
  const { roles } = await checkedRoles({ format_version: '1.2', planned_values: { root_module: root } })
  expect(roles.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
    ['aws_iam_role.root', 'planned'],
    ['module.a.aws_iam_role.this["x"]', 'unchanged'],
    ['module.a.module.b[0].aws_iam_role.this[1]', 'planned'],
  ])
})

test('what is no role of the plan is left out: data sources, other types, and what is deleted, forgotten or deposed', async () => {
  const { roles, exitCode } = await checkedRoles(
    plan(
      [
        resource(values(), 'data.aws_iam_role.x', { mode: 'data' }),
        resource(values(), 'aws_iam_user.x', { type: 'aws_iam_user' }),
      ],
      [change(null, {}, 'aws_iam_role.gone'), change(values(), {}, 'aws_iam_role.old', { deposed: 'abcd1234' })],
    ),
  )
  expect({ roles, exitCode }).toEqual({ roles: [], exitCode: 0 })
})

test('a state is read as a plan is', async () => {
  const { roles } = await checkedRoles({
    format_version: '1.0',
    values: { root_module: { resources: [resource(values({ assume_role_policy: RIGHT }))] } },
  })
  expect(roles).toMatchObject([{ kind: 'unchanged' }])
  expect(await checkedRoles({ format_version: '1.0' })).toMatchObject({ roles: [], exitCode: 0 })
})

test('what is deposed in a state does not stand for the role of its address', async () => {
  const [lacking, right] = [resource(values()), resource(values({ assume_role_policy: RIGHT }))]
  const resources = [lacking, { ...right, deposed_key: 'abcd1234' }]
  const { roles } = await checkedRoles({ format_version: '1.0', values: { root_module: { resources } } })
  expect(roles).toMatchObject([{ kind: 'planned' }])
})

test('a role that the plan leaves out is read as it was before, unless it is changed, moved or deleted', async () => {
  const prior = ['kept', 'changed', 'moved', 'deleted'].map((name) => resource(values(), `aws_iam_role.${name}`))
  const right = values({ assume_role_policy: RIGHT })
  const { roles } = await checkedRoles(
    plan(
      [resource(right, 'aws_iam_role.changed'), resource(right, 'aws_iam_role.new')],
      [
        change(right, {}, 'aws_iam_role.changed'),
        change(right, {}, 'aws_iam_role.new', { previous_address: 'aws_iam_role.moved' }),
        change(null, false, 'aws_iam_role.deleted'),
      ],
      { prior_state: { format_version: '1.0', values: { root_module: { resources: prior } } } },
    ),
  )
  expect(roles.map(({ name, kind }: { name: string; kind: string }) => [name, kind])).toEqual([
    ['aws_iam_role.kept', 'planned'],
    ['aws_iam_role.changed', 'unchanged'],
    ['aws_iam_role.new', 'unchanged'],
  ])
})

test('a plan that only refreshes is read by what it found', async () => {
  const { roles } = await checkedRoles(
    plan([], [], { prior_state: { values: { root_module: { resources: [resource(values())] } } } }),
  )
  expect(roles).toMatchObject([{ name: 'aws_iam_role.analyst', kind: 'planned' }])
})

test('a plan that was cut down to its changes is read by them', async () => {
  const { roles } = await checkedRoles({ format_version: '1.2', resource_changes: [change(values(), {})] })
  expect(roles).toMatchObject([{ kind: 'planned' }])
})

describe('the tag', () => {
  test.each<[string, object, unknown, string | undefined]>([
    ['of the provider counts', { tags: null, tags_all: TAGGED }, {}, 'planned'],
    ['counts in any letter case', { tags_all: { 'OKTA-SSO': 'True' } }, {}, 'planned'],
    [
      'of the role wins over that of the provider',
      { tags: { 'okta-sso': 'false' }, tags_all: { 'okta-sso': 'false' } },
      {},
      undefined,
    ],
    ['of an older provider is in tags alone', { tags_all: undefined }, {}, 'planned'],
    ['is missing', { tags: {}, tags_all: { team: 'x' } }, {}, undefined],
    ['is known though others are not', { tags_all: undefined }, { tags: { id: true }, tags_all: true }, 'planned'],
    [
      'is surely another value though others are not known',
      { tags: { 'okta-sso': 'no' }, tags_all: undefined },
      { tags_all: true },
      undefined,
    ],
    [
      'has an unknown value',
      { tags: {}, tags_all: undefined },
      { tags: { 'okta-sso': true }, tags_all: true },
      'unknown',
    ],
    ['may come with all tags', { tags: undefined, tags_all: undefined }, { tags: true, tags_all: true }, 'unknown'],
    ['may come with the default tags', { tags: null, tags_all: undefined }, { tags_all: true }, 'unknown'],
    ['is missing though another value is unknown', { tags_all: { team: 'x' } }, { tags_all: { id: true } }, undefined],
  ])('%s', async (_, changes, unknown, kind) => {
    expect((await onlyRole(values(changes), unknown))?.kind).toBe(kind)
  })

  test('is surely missing where a role has none and all default tags are told, though the provider leaves tags_all open', async () => {
    const kindBy = async (configured: object | undefined, tags: object = { tags: null }, more: object = {}) => {
      const after = values({ ...tags, tags_all: undefined })
      const configuration = configured && {
        provider_config: { aws: { name: 'aws', expressions: configured }, ...more },
      }
      const text = plan([resource(after)], [change(after, { tags_all: true })], { configuration })
      return (await checkedRoles(text)).roles[0]?.kind
    }
    expect(await kindBy({ region: { constant_value: 'eu-west-1' } })).toBeUndefined()
    expect(await kindBy({}, { tags: {} })).toBeUndefined()
    expect(await kindBy({ default_tags: [{ tags: { constant_value: {} } }] })).toBeUndefined()
    expect(await kindBy({ default_tags: [{ tags: { references: ['aws_x.y'] } }] })).toBe('unknown')
    const open = { default_tags: [{ tags: { references: ['aws_x.y'] } }] }
    const amazon = { name: 'amazon', full_name: 'registry.terraform.io/hashicorp/aws', expressions: open }
    expect(await kindBy({}, undefined, { amazon })).toBe('unknown')
    expect(await kindBy({}, undefined, { google: { ...amazon, full_name: 'x/hashicorp/google' } })).toBeUndefined()
    expect(await kindBy(undefined)).toBe('unknown')
    expect(await kindBy({}, { tags: undefined })).toBe('unknown')
  })

  test('is not known where somebody cut out what is known only after apply', async () => {
    const after = values({ tags: undefined, tags_all: undefined })
    for (const planned_values of [undefined, { root_module: { resources: [resource(after)] } }]) {
      const { roles } = await checkedRoles(plan([], [change(after, undefined)], { planned_values }))
      expect(roles).toMatchObject([{ kind: 'unknown' }])
    }
  })

  test('that no change tells of is not known where the plan holds none', async () => {
    const { roles } = await checkedRoles(plan([resource(values({ tags: null, tags_all: undefined }))]))
    expect(roles).toMatchObject([
      { kind: 'unknown', reason: 'whether it has the tag: tags_all: known only after apply' },
    ])
  })
})

describe('a trust policy', () => {
  test.each<[string, object, unknown]>([
    ['that is known only after apply', { assume_role_policy: undefined }, { assume_role_policy: true }],
    ['that is left out', { assume_role_policy: undefined }, {}],
    ['of a role of which nothing is known', {}, true],
    ['that is empty', { assume_role_policy: '' }, {}],
    ['that is no text', { assume_role_policy: null }, {}],
  ])('%s is never called right', async (_, changes, unknown) => {
    const role = await onlyRole(values(changes), unknown)
    expect(role).toMatchObject({ kind: 'unknown', statement: null })
  })

  test('that is not JSON is blocked', async () => {
    expect(await onlyRole(values({ assume_role_policy: 'x' }))).toMatchObject({ kind: 'blocked', reason: 'malformed' })
  })

  test('that is marked as sensitive is read all the same', async () => {
    const sensitive = {
      ...change(values(), {}),
      change: { after: values(), after_unknown: {}, after_sensitive: { assume_role_policy: true } },
    }
    expect((await checkedRoles(plan([resource(values())], [sensitive]))).roles).toMatchObject([{ kind: 'planned' }])
  })

  test('with an old provider of this system is told with the statement that takes its place', async () => {
    const stale = { ...managed, Principal: { Federated: `${OKTA}-2023` } }
    expect(await onlyRole(values({ assume_role_policy: JSON.stringify(policy(ec2, stale)) }))).toMatchObject({
      kind: 'planned',
      reason: 'managed-statement-differs',
      statement: managed,
    })
  })
})

test('a role that is deferred is not known', async () => {
  const { roles, exitCode } = await checkedRoles(
    plan([], [], {
      complete: false,
      deferred_changes: [{ reason: 'resource_config_unknown', resource_change: change({}, {}) }],
    }),
  )
  expect(roles).toMatchObject([{ kind: 'unknown' }])
  expect(exitCode).toBe(1)
})

describe('exclusions', () => {
  test.each<[string, object, unknown, string, string]>([
    ['that match its name', {}, {}, '/analyst', 'unchanged'],
    ['that match its path', { path: '/team/' }, {}, '/team/*', 'unchanged'],
    ['that match another name', {}, {}, '/Analyst', 'planned'],
    [
      'that may match a name made of its prefix',
      { name: undefined, name_prefix: 'adm' },
      { name: true },
      '*admin*',
      'unknown',
    ],
    [
      'that match no name made of its prefix',
      { name: undefined, name_prefix: 'x' },
      { name: true },
      '/admin*',
      'planned',
    ],
    [
      'that match another path whatever its name is',
      { name: undefined, name_prefix: '' },
      { name: true },
      '/break-glass/*',
      'planned',
    ],
    ['where nothing of its path is known', { path: undefined }, { path: true }, '/break-glass/*', 'unknown'],
  ])('%s: decided as far as it is known', async (_, changes, unknown, exclusion, kind) => {
    expect(await onlyRole(values(changes), unknown, ['--exclusions', exclusion])).toMatchObject({ kind })
  })

  test('that may match a role do not matter where it is right', async () => {
    const after = values({ name: undefined, assume_role_policy: RIGHT })
    expect(await onlyRole(after, { name: true }, ['--exclusions', '*admin*'])).toMatchObject({ kind: 'unchanged' })
  })

  test('are told as what protects the role', async () => {
    expect(await onlyRole(values({ path: '/aws-service-role/x/' }))).toMatchObject({
      kind: 'unchanged',
      reason: 'protected',
    })
  })
})

test('a role of another account is not known, and several AWS providers are told', async () => {
  const arn = 'arn:aws:iam::444455556666:role/analyst'
  const configuration = { provider_config: { aws: { name: 'aws' }, 'aws.other': { name: 'aws' } } }
  const { roles, stderr } = await checkedRoles(plan([resource(values({ arn }))], [], { configuration }))
  expect(roles).toMatchObject([
    {
      kind: 'unknown',
      reason: 'it is in account 444455556666, and the settings are for 111122223333: check it with those',
    },
  ])
  expect(stderr).toContain('several AWS providers (aws, aws.other)')
})

test("a role of Terraform's other provider for AWS is never called right", async () => {
  const awscc = (tags: unknown) =>
    resource({ tags, assume_role_policy_document: RIGHT }, 'awscc_iam_role.x', { type: 'awscc_iam_role' })
  expect((await checkedRoles(plan([awscc([{ key: 'okta-sso', value: 'true' }])]))).roles).toMatchObject([
    { kind: 'unknown' },
  ])
  expect((await checkedRoles(plan([awscc(null), awscc([])]))).roles).toEqual([])
  const changed = change({ assume_role_policy_document: RIGHT }, { tags: true }, 'awscc_iam_role.x', {
    type: 'awscc_iam_role',
  })
  expect((await checkedRoles(plan([], [changed]))).roles).toMatchObject([{ kind: 'unknown' }])
})

test.each<[string, object, string]>([
  ['another version', { format_version: '2.0', planned_values: {} }, 'found the format_version "2.0", expected 1.x'],
  [
    'a version before the first',
    { format_version: '0.2', planned_values: {} },
    'found the format_version "0.2", expected 1.x',
  ],
  ['no version', { format_version: 1 }, 'format_version: found 1, expected text'],
  ['a plan that failed', plan([], [], { errored: true }), 'found a plan that failed'],
  ['resources that are none', plan([{ address: 5 }]), 'resources.0.address: found 5, expected an address'],
  [
    'modules that are none',
    { format_version: '1.2', planned_values: { root_module: { child_modules: 5 } } },
    'child_modules: found 5, expected a list of modules',
  ],
  [
    'a state file',
    { version: 4, terraform_version: '1.9.5', lineage: 'x', resources: [] },
    'found a state file of Terraform',
  ],
  [
    'schemas of providers',
    { format_version: '1.0', provider_schemas: {} },
    'found JSON of Terraform with provider_schemas, expected a plan or a state',
  ],
  ['the log of a plan', { '@level': 'info', '@message': 'x' }, 'found what `terraform plan -json` logs'],
])('%s is refused in one line', async (_, content, words) => {
  const { stderr, exitCode, roles } = await checkedRoles(content)
  const [line = '', ...others] = stderr
    .trim()
    .split('\n')
    .filter((one) => !/^(Settings|Assumed)/.test(one))
  expect(line).toMatch(/^Error: the standard input: /)
  expect(line).toContain(words)
  expect({ others, roles, exitCode }).toEqual({ others: [], roles: [], exitCode: 1 })
})

test('the audience is what the settings say', async () => {
  const role = await onlyRole(values({ assume_role_policy: RIGHT }), {}, [
    '--audiences',
    `${AUDIENCE},https://eu-west-1.signin.aws.amazon.com/saml`,
  ])
  expect(role).toMatchObject({ kind: 'planned', reason: 'managed-statement-differs' })
})

import * as z from 'zod/mini'
import { InvalidInputError } from '../../src/errors.ts'
import { readInput } from '../../src/input.ts'
import { type Declarations, type DeclaredRole, type DeclaredTags, Untold } from './declared-role.ts'

// What `terraform show -json` prints of a plan or a state (Terraform docs, "JSON Output Format", format version 1).

// Each item of a list is read by itself, where it is needed: a list may have a million, and one fault is enough to tell.
const list = (what: string) => z.optional(z.array(z.unknown(), what))
const record = z.record(z.string(), z.unknown(), 'an object')
const Resource = z.looseObject(
  {
    address: z.string('an address'),
    type: z.string('a type'),
    mode: z.optional(z.string()),
    deposed_key: z.optional(z.string()),
    values: z.optional(record),
  },
  'a resource',
)
const Module = z.looseObject(
  {
    resources: list('a list of resources'),
    child_modules: list('a list of modules'),
  },
  'a module',
)
const Change = z.looseObject(
  {
    address: z.string('an address'),
    type: z.string('a type'),
    mode: z.optional(z.string()),
    deposed: z.optional(z.string()),
    previous_address: z.optional(z.string()),
    change: z.looseObject(
      { after: z.optional(z.nullable(record)), after_unknown: z.optional(z.union([z.boolean(), record])) },
      'a change',
    ),
  },
  'a change of a resource',
)
const Deferred = z.looseObject({ resource_change: z.optional(Change) }, 'a deferred change')
const Values = z.optional(z.looseObject({ root_module: z.optional(z.unknown()) }, 'an object'))
const Shown = z.looseObject({
  format_version: z.string('text'),
  errored: z.optional(z.boolean()),
  complete: z.optional(z.boolean()),
  planned_values: Values,
  values: Values,
  prior_state: z.optional(z.looseObject({ values: Values }, 'an object')),
  resource_changes: list('a list of changes'),
  deferred_changes: list('a list of changes'),
  configuration: z.optional(z.looseObject({ provider_config: z.optional(record) })),
})

const ROLE = 'aws_iam_role'
/** The same role by Terraform's other provider for AWS. */
const CLOUD_CONTROL_ROLE = 'awscc_iam_role'

/** Where roles stand: a state that is not empty has the first, and a plan the others, unless somebody shortened it. */
const WITH_ROLES = ['values', 'planned_values', 'resource_changes', 'prior_state']
const NOTHING = ['format_version', 'terraform_version', 'checks']

const AFTER_APPLY = 'known only after apply'

/**
 * The roles that there will be after a plan, or are in a state, child modules included. What is known only after apply
 * is left out of a plan's values, and marked in its changes. A role that a plan leaves out (-target, -refresh-only) stays as it
 * was before.
 *
 * @throws InvalidInputError where it is of another format, or the plan failed
 */
export function readTerraformPlan(value: unknown, label: string): Declarations {
  const { format_version: version } = readInput(
    z.looseObject({ format_version: z.string('text') }),
    value,
    `${label}: the plan`,
  )
  if (!/^1\.\d+$/.test(version)) {
    throw new InvalidInputError(
      `${label}: found the format_version ${JSON.stringify(version)}, expected 1.x: what \`terraform show -json\` of Terraform 1.1 or newer, or of OpenTofu, prints`,
    )
  }
  const shown = readInput(Shown, value, `${label}: the plan`)
  if (shown.errored === true) {
    throw new InvalidInputError(`${label}: found a plan that failed before it was complete; plan again and check that`)
  }
  const others = Object.keys(shown).filter((key) => !NOTHING.includes(key))
  if (others.length > 0 && !WITH_ROLES.some((key) => others.includes(key))) {
    throw new InvalidInputError(
      `${label}: found JSON of Terraform with ${others.slice(0, 5).join(', ')}, expected a plan or a state`,
    )
  }
  const { planned_values: planned, values: state, prior_state: prior } = shown
  const resources = [planned, state].flatMap((values) => resourcesOf(values?.root_module, label))
  // What is deposed is on its way out, beside the role of the same address.
  const current = itemsOf(Change, shown.resource_changes, `${label}: resource_changes`).filter(
    (one) => isManaged(one) && one.deposed === undefined,
  )
  const changed = new Set(current.flatMap((one) => [one.address, one.previous_address]))
  const roles = new Map<string, DeclaredRole>()
  const tellsDefaults = tellsDefaultTags(shown.configuration?.provider_config)
  const declare = (address: string, type: string, values: Attributes, unknown: Attributes | boolean | undefined) => {
    if (type === ROLE) roles.set(address, roleOf(address, values, unknown, tellsDefaults))
    if (type === CLOUD_CONTROL_ROLE) roles.set(address, otherRole(address, values))
  }
  for (const { address, type, values = {} } of resourcesOf(prior?.values?.root_module, label)) {
    if (!changed.has(address)) declare(address, type, values, {})
  }
  for (const { resource_change: one } of itemsOf(Deferred, shown.deferred_changes, `${label}: deferred_changes`)) {
    if (one !== undefined && isManaged(one) && one.type === ROLE) declare(one.address, ROLE, {}, true)
  }
  const unknowns = new Map<string, Attributes | boolean | undefined>()
  for (const { address, type, change } of current) {
    const { after, after_unknown: unknown } = change
    unknowns.set(address, unknown)
    // A shortened plan may hold nothing but its changes. What is deleted or forgotten has no values after them.
    if (after) declare(address, type, after, unknown)
  }
  const isPlan = planned !== undefined || shown.resource_changes !== undefined
  for (const { address, type, values = {} } of resources) {
    declare(address, type, values, unknowns.get(address) ?? (isPlan ? undefined : {}))
  }
  return { language: 'hcl', roles: [...roles.values()], remarks: remarksOn(shown) }
}

function isManaged({ mode = 'managed' }: { readonly mode?: string | undefined }): boolean {
  return mode === 'managed'
}

/** All resources of a module and those below it, without data sources and what is deposed. */
function resourcesOf(root: unknown, label: string): readonly z.output<typeof Resource>[] {
  const found: z.output<typeof Resource>[] = []
  for (const left: unknown[] = root === undefined ? [] : [root]; left.length > 0; ) {
    const { resources, child_modules: children = [] } = readInput(Module, left.pop(), `${label}: a module`)
    for (const resource of itemsOf(Resource, resources, `${label}: a module.resources`)) {
      if (isManaged(resource) && resource.deposed_key === undefined) found.push(resource)
    }
    for (const child of children.toReversed()) left.push(child)
  }
  return found
}

function itemsOf<Schema extends z.ZodMiniType>(
  schema: Schema,
  items: readonly unknown[] = [],
  place: string,
): readonly z.output<Schema>[] {
  return items.map((item, index) => readInput(schema, item, `${place}.${index}`))
}

type Attributes = Readonly<Record<string, unknown>>

/**
 * @param unknown what is known only after apply: `true` for all of it; undefined where the plan does not say
 * @param tellsDefaults whether the provider's default tags are all known
 */
function roleOf(
  address: string,
  values: Attributes,
  unknown: Attributes | boolean | undefined,
  tellsDefaults: boolean,
): DeclaredRole {
  const isUnknown = (name: string) =>
    unknown === true || (unknown === undefined ? values[name] === undefined : marks(name) === true)
  const marks = (name: string) => (typeof unknown === 'object' ? unknown[name] : undefined)
  const { name, name_prefix: prefix, arn, path = '/', assume_role_policy: policy } = values
  return {
    name: address,
    line: undefined,
    account: typeof arn === 'string' ? /^arn:[\w-]+:iam::(\d{12}):/.exec(arn)?.[1] : undefined,
    identity: {
      path: marks('path') === true || typeof path !== 'string' ? new Untold(`path: ${AFTER_APPLY}`) : path,
      nameStart: typeof name === 'string' ? name : typeof prefix === 'string' ? prefix : '',
      isWholeName: typeof name === 'string',
    },
    tags: tagsOf(values, isUnknown, marks, tellsDefaults),
    documents:
      isUnknown('assume_role_policy') || typeof policy !== 'string' || policy.trim() === ''
        ? new Untold(`assume_role_policy: ${policy === undefined ? AFTER_APPLY : 'the plan holds no text for it'}`)
        : [policy],
  }
}

/**
 * `tags_all` is `tags` and the provider's `default_tags`, where a role's own tag wins (AWS provider docs, "Resource
 * Tagging"). Before version 3.38 there was none. Of a role without any tag the provider makes it known only after apply, though
 * nobody has anything to add.
 */
function tagsOf(
  values: Attributes,
  isUnknown: (name: string) => boolean,
  marks: (name: string) => unknown,
  tellsDefaults: boolean,
): DeclaredTags {
  const own = entriesOf(values.tags, marks('tags'), 'tags')
  if (values.tags_all !== undefined && values.tags_all !== null && !isUnknown('tags_all')) {
    return { told: entriesOf(values.tags_all, marks('tags_all'), 'tags_all'), rest: undefined }
  }
  const hasNone = values.tags !== undefined && !isUnknown('tags') && own.length === 0
  if (hasNone && tellsDefaults) return { told: [], rest: undefined }
  const unknown = ['tags', 'tags_all'].find(isUnknown)
  return { told: own, rest: unknown === undefined ? undefined : new Untold(`${unknown}: ${AFTER_APPLY}`) }
}

/** A value that is known only after apply is no value of the map, and marked as true beside it. */
function entriesOf(map: unknown, marks: unknown, attribute: string): DeclaredTags['told'] {
  const untold = (key: string) => new Untold(`${attribute}.${key}: ${AFTER_APPLY}`)
  const marked = Object.entries(Object(marks)).filter(([, mark]) => mark === true)
  const isMarked = (key: string) => marked.some(([name]) => name === key)
  return [
    ...Object.entries(Object(map)).map(([key, value]) => ({
      key,
      value: typeof value === 'string' && !isMarked(key) ? value : untold(key),
    })),
    ...marked.filter(([key]) => !Object.hasOwn(Object(map), key)).map(([key]) => ({ key, value: untold(key) })),
  ]
}

/** Its tags are a list of objects. */
function otherRole(address: string, values: Attributes): DeclaredRole {
  const tags = z.safeParse(z.array(z.looseObject({ key: z.string(), value: z.string() })), values.tags)
  const reason = `check reads ${ROLE}, and no ${CLOUD_CONTROL_ROLE}`
  return {
    name: address,
    line: undefined,
    account: undefined,
    identity: { path: '/', nameStart: '', isWholeName: false },
    tags: tags.success
      ? { told: tags.data, rest: undefined }
      : { told: [], rest: values.tags === null ? undefined : new Untold(reason) },
    documents: new Untold(reason),
  }
}

/** Whether no AWS provider takes its default tags from elsewhere. A shortened plan may not hold what is configured. */
function tellsDefaultTags(providers: Attributes | undefined): boolean {
  const configured = awsProvidersIn(providers)
  return configured.length > 0 && configured.every(([, provider]) => !refersIn(provider))
}

function refersIn(provider: unknown): boolean {
  const { default_tags: tags } = Object(Object(provider).expressions)
  return tags !== undefined && JSON.stringify(tags).includes('"references"')
}

/** Those of the root and of modules, with or without an alias: by the name that everybody gives it, or by its source. */
function awsProvidersIn(providers: Attributes = {}): readonly (readonly [string, unknown])[] {
  return Object.entries(providers).filter(
    ([name, provider]) => /(?:^|[:.])aws\b/.test(name) || /\/aws$/.test(String(Object(provider).full_name)),
  )
}

function remarksOn({ complete, configuration }: z.output<typeof Shown>): readonly string[] {
  const providers = awsProvidersIn(configuration?.provider_config).map(([name]) => name)
  return [
    ...(complete === false
      ? ['the plan is not complete (-target, or deferred changes): another one may hold more roles']
      : []),
    ...(providers.length > 1
      ? [
          `the plan works with several AWS providers (${providers.join(', ')}): a role that has no ARN yet is taken to be in the account that is checked for`,
        ]
      : []),
  ]
}

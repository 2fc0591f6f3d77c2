import { InvalidInputError } from '../../src/errors.ts'
import {
  type Declarations,
  type DeclaredIdentity,
  type DeclaredRole,
  type DeclaredTags,
  type Told,
  Untold,
  type Whereabouts,
} from './declared-role.ts'
import { type Resolved, type Resolver, resolverOf, type View } from './intrinsic-functions.ts'
import { entriesOf, jsonText, stringOf, type TemplateEntry, type TemplateNode, valueAt } from './template-node.ts'

const ROLE = 'AWS::IAM::Role'

/** Resources of AWS SAM that bring a role of their own, with their tags, where they name none. */
const WITH_ROLE: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'Function',
  'AWS::Serverless::StateMachine': 'StateMachine',
}

/** What else holds a template of its own, which is not in this one. */
const NESTED = /^(AWS::CloudFormation::(Stack|StackSet)|AWS::Serverless::Application|.+::MODULE)$/

/** Types of roles, and of what brings one. */
const OF_ROLES = [ROLE, ...Object.keys(WITH_ROLE)]

/** Macros that change no role of type AWS::IAM::Role beyond the functions that they work out. */
const KNOWN_MACROS =
  /^(AWS::Serverless-2016-10-31|AWS::LanguageExtensions|AWS::CodeDeployBlueGreen|AWS::SecretsManager-[\d-]+)$/

/** The roles of a template, as CDK, SAM, the Serverless Framework and people write them. */
export function readTemplate(
  template: TemplateNode,
  language: 'json' | 'yaml',
  whereabouts: Whereabouts,
  label: string,
): Declarations {
  const resolver = resolverOf(template, whereabouts, label)
  const all = valueAt(template, 'Resources', label)
  if (all?.kind !== 'map')
    throw new InvalidInputError(`${label}: found no map of Resources, expected a template with one`)
  // Twice the same name is refused here.
  for (const { key } of all.entries) valueAt(all, key, label)
  const resources = all.entries
  const macro =
    unknownMacroOf(valueAt(template, 'Transform', label)) ?? unknownMacroOf(valueAt(template, 'Fn::Transform', label))
  const reader = { resolver, regions: whereabouts.regions, label, macro, globals: valueAt(template, 'Globals', label) }
  const roles = resources.flatMap((resource) => rolesOf(resource, reader))
  const nested = resources.filter(({ value }) => NESTED.test(stringOf(valueAt(value, 'Type', label)) ?? ''))
  return { language, roles, remarks: remarksOn(roles, nested, resolver.assumedParameters, macro) }
}

interface Reader {
  readonly resolver: Resolver
  readonly regions: readonly string[]
  readonly label: string
  /** One of which nobody here knows what it does. */
  readonly macro: string | undefined
  readonly globals: TemplateNode | undefined
}

function rolesOf(resource: TemplateEntry, reader: Reader): readonly DeclaredRole[] {
  const { key: name, value: node, line } = resource
  const { label } = reader
  // A function in the place of a resource: what it brings is known only once it has run.
  if (name.startsWith('Fn::')) {
    const text = JSON.stringify(node)
    const brings = name === 'Fn::Transform' || OF_ROLES.some((type) => text.includes(JSON.stringify(type)))
    return brings ? [untoldRole(name, line, new Untold(`${name}: what it brings is not in the template`))] : []
  }
  if (node.kind === 'untold') return [untoldRole(name, line, node.untold)]
  const type = stringOf(valueAt(node, 'Type', label))
  const properties = valueAt(node, 'Properties', label)
  const view = { region: undefined, holds: stringOf(valueAt(node, 'Condition', label)) }
  if (type === ROLE) return [roleOf(name, line, properties, view, reader)]
  const kind = Object.hasOwn(WITH_ROLE, type ?? '') ? WITH_ROLE[type ?? ''] : undefined
  if (kind === undefined || isSurelyGiven(valueAt(properties, 'Role', label))) return []
  if (properties?.kind === 'untold') return [untoldRole(`${name}Role`, line, properties.untold)]
  const maps = [properties, valueAt(reader.globals, kind, label)].map((one) => valueAt(one, 'Tags', label))
  const tags = maps.map((tags) => tagsOfMap(tags, view, reader))
  return [
    {
      ...untoldRole(
        `${name}Role`,
        line,
        new Untold(`AWS SAM makes this role of ${name}: check the template that it renders`),
      ),
      tags: { told: tags.flatMap(({ told }) => told), rest: tags.find(({ rest }) => rest !== undefined)?.rest },
    },
  ]
}

/** AWS SAM makes a role where the one that is given comes to nothing. */
function isSurelyGiven(role: TemplateNode | undefined): boolean {
  return role !== undefined && !JSON.stringify(role).includes('AWS::NoValue')
}

function untoldRole(name: string, line: number, reason: Untold): DeclaredRole {
  const identity = { path: '/', nameStart: '', isWholeName: false }
  return { name, line, account: undefined, identity, tags: { told: [], rest: reason }, documents: reason }
}

function roleOf(name: string, line: number, node: TemplateNode | undefined, view: View, reader: Reader): DeclaredRole {
  const { resolver, label, macro } = reader
  if (macro !== undefined) {
    const reason = `Transform: the macro ${macro} may change it: check the template that it renders`
    return untoldRole(name, line, new Untold(reason))
  }
  if (node?.kind === 'untold') return untoldRole(name, line, node.untold)
  const odd = entriesOf(node).find(({ key }) => key.startsWith('Fn::'))
  if (odd !== undefined) return untoldRole(name, line, new Untold(`Properties: ${odd.key}`))
  const propertyOf = (property: string) => {
    const value = valueAt(node, property, label)
    return value === undefined ? undefined : resolver.resolve(value, property, view)
  }
  return {
    name,
    line,
    account: undefined,
    identity: identityOf(propertyOf('RoleName'), propertyOf('Path')),
    tags: tagsOfList(valueAt(node, 'Tags', label), view, reader),
    documents: documentsOf(valueAt(node, 'AssumeRolePolicyDocument', label), view, reader),
  }
}

/** Without a RoleName CloudFormation makes one up of the stack's name. */
function identityOf(name: Resolved, path: Resolved): DeclaredIdentity {
  const [toldName, toldPath] = [textOf(name, 'RoleName'), path === undefined ? '/' : textOf(path, 'Path')]
  const isWholeName = typeof toldName === 'string'
  return { path: toldPath, nameStart: isWholeName ? toldName : '', isWholeName }
}

function textOf(value: Resolved, place: string): Told<string> {
  if (value instanceof Untold) return value
  return value !== undefined && value.kind === 'scalar' ? value.text : new Untold(`${place}: found no text`)
}

function tagsOfList(node: TemplateNode | undefined, view: View, reader: Reader): DeclaredTags {
  if (node === undefined) return { told: [], rest: undefined }
  if (node.kind !== 'list') {
    const whole = reader.resolver.resolve(node, 'Tags', view)
    if (whole === undefined) return { told: [], rest: undefined }
    if (whole instanceof Untold) return { told: [], rest: whole }
    return whole.kind === 'list'
      ? tagsOfList(whole, view, reader)
      : { told: [], rest: new Untold('Tags: found no list') }
  }
  const told: { key: Told<string>; value: Told<string> }[] = []
  let rest: Untold | undefined
  for (const [index, item] of node.items.entries()) {
    const place = `Tags[${index}]`
    const isPlain = item.kind === 'map' && !item.entries.some(({ key }) => key === 'Ref' || key.startsWith('Fn::'))
    const tag = isPlain ? item : reader.resolver.resolve(item, place, view)
    if (tag instanceof Untold) rest ??= tag
    else if (tag !== undefined) {
      const partOf = (key: string) => {
        const part = valueAt(tag, key, reader.label)
        return textOf(
          part === undefined ? undefined : reader.resolver.resolve(part, `${place}.${key}`, view),
          `${place}.${key}`,
        )
      }
      told.push({ key: partOf('Key'), value: partOf('Value') })
    }
  }
  return { told, rest }
}

/** As AWS SAM has them. */
function tagsOfMap(node: TemplateNode | undefined, view: View, { resolver }: Reader): DeclaredTags {
  const whole = node?.kind === 'map' ? node : undefined
  if (node !== undefined && whole === undefined) return { told: [], rest: new Untold('Tags: found no map') }
  const told = entriesOf(whole).map(({ key, value }) => {
    const place = `Tags.${key}`
    return { key, value: textOf(resolver.resolve(value, place, view), place) }
  })
  const odd = told.find(({ key }) => key === 'Ref' || key.startsWith('Fn::'))
  return { told, rest: odd && new Untold(`Tags: ${odd.key}`) }
}

/**
 * A trust policy that names the stack's region is read for each region that could make a difference. It can be a text, too.
 */
function documentsOf(node: TemplateNode | undefined, view: View, reader: Reader): DeclaredRole['documents'] {
  if (node === undefined) return new Untold('AssumeRolePolicyDocument: found none')
  const resolveIn = (region: string | undefined) =>
    reader.resolver.resolve(node, 'AssumeRolePolicyDocument', { ...view, region })
  const anywhere = resolveIn(undefined)
  const documents: string[] = []
  for (const one of anywhere instanceof Untold ? reader.regions.map(resolveIn) : [anywhere]) {
    if (one instanceof Untold) return one
    if (one === undefined) return new Untold('AssumeRolePolicyDocument: found none')
    documents.push(stringOf(one) ?? jsonText(withAccountsAsText(one)))
  }
  return documents
}

/** An account that is a principal is text, quotes or none: IAM knows no other form. */
function withAccountsAsText(node: TemplateNode): TemplateNode {
  switch (node.kind) {
    case 'scalar':
      return /^\d{12}$/.test(node.text) ? { ...node, isString: true } : node
    case 'list':
      return { ...node, items: node.items.map(withAccountsAsText) }
    case 'map':
      return {
        ...node,
        entries: node.entries.map((entry) => ({ ...entry, value: withAccountsAsText(entry.value) })),
      }
    case 'untold':
      return node
  }
}

/** The name of a macro that may change everything. */
function unknownMacroOf(node: TemplateNode | undefined): string | undefined {
  const macros = node === undefined ? [] : node.kind === 'list' ? node.items : [node]
  const unknown = macros.find((macro) => !KNOWN_MACROS.test(stringOf(macro) ?? ''))
  if (unknown === undefined) return undefined
  return stringOf(unknown) ?? stringOf(entriesOf(unknown).find(({ key }) => key === 'Name')?.value) ?? 'of no name'
}

function remarksOn(
  roles: readonly DeclaredRole[],
  nested: readonly TemplateEntry[],
  assumedParameters: ReadonlySet<string>,
  macro: string | undefined,
): readonly string[] {
  return [
    ...(macro === undefined ? [] : [`the macro ${macro} may bring roles: check the template that it renders`]),
    ...(assumedParameters.size > 0
      ? [`these parameters have their defaults: ${[...assumedParameters].sort().join(', ')}`]
      : []),
    ...(roles.length > 0 ? ['roles get the tags of the stack too, and those are not in the template'] : []),
    ...(nested.length > 0
      ? [`not looked into, and to be checked each by itself: ${nested.map(({ key }) => key).join(', ')}`]
      : []),
  ]
}

import { InvalidInputError } from '../../src/errors.ts'
import { Untold, type Whereabouts } from './declared-role.ts'
import { conditionsOf } from './template-conditions.ts'
import {
  jsonText,
  stringOf,
  type TemplateEntry,
  type TemplateList,
  type TemplateNode,
  type TemplateScalar,
  valueAt,
} from './template-node.ts'

/** What a value comes to: itself, that the template does not tell, or nothing at all (`AWS::NoValue`). */
export type Resolved = TemplateNode | Untold | undefined

/** How a value is looked at. */
export interface View {
  /** The region of the stack; undefined: not told. */
  readonly region: string | undefined
  /** A condition that holds wherever the value matters, as that of its resource. */
  readonly holds: string | undefined
}

export interface Resolver {
  /** @param place of the value, which begins the reason why it is not told */
  resolve(node: TemplateNode, place: string, view: View): Resolved
  /** The parameters whose defaults were taken. */
  readonly assumedParameters: ReadonlySet<string>
}

/**
 * Works out what the intrinsic functions of a template come to before it is deployed: parameters have their defaults,
 * and whatever the account, other stacks or other resources would have to say is not told.
 */
export function resolverOf(template: TemplateNode, { account, partition }: Whereabouts, label: string): Resolver {
  const [parameters, mappings, conditions] = ['Parameters', 'Mappings', 'Conditions'].map((name) =>
    valueAt(template, name, label),
  )
  const assumedParameters = new Set<string>()
  let left = MOST_CHARACTERS
  const { judge, openedBy } = conditionsOf(conditions, label, {
    textOf: (node, place, holds) => {
      const value = resolve(node, place, { region: undefined, holds })
      return isScalar(value) ? value.text : undefined
    },
    spend: (characters) => spend(characters, template.line),
  })
  return { resolve, assumedParameters }

  function resolve(node: TemplateNode, place: string, view: View): Resolved {
    switch (node.kind) {
      case 'untold':
        return new Untold(`${place}: ${node.untold.reason}`)
      case 'scalar':
        return isDynamic(node) ? new Untold(`${place}: a dynamic reference`) : paid(node)
      case 'list':
        return listOf(node.items, place, view, node.line)
      case 'map': {
        const [only, ...others] = node.entries
        if (only !== undefined && others.length === 0 && isFunction(only.key)) {
          // It can be put together, or stand in a parameter.
          const value = call(only, place, view)
          return textsIn(value).some(isDynamic) ? new Untold(`${place}: a dynamic reference`) : value
        }
        const odd = node.entries.find(({ key }) => isFunction(key))
        if (odd !== undefined) return new Untold(`${place}: ${odd.key} among other keys`)
        return mapOf(node.entries, place, view, node.line)
      }
    }
  }

  function listOf(items: readonly TemplateNode[], place: string, view: View, line: number): Resolved {
    const resolved: TemplateNode[] = []
    for (const [index, item] of items.entries()) {
      const value = resolve(item, `${place}[${index}]`, view)
      if (value instanceof Untold) return value
      if (value !== undefined) resolved.push(value)
    }
    return { kind: 'list', items: resolved, line }
  }

  function mapOf(entries: readonly TemplateEntry[], place: string, view: View, line: number): Resolved {
    const resolved: TemplateEntry[] = []
    for (const entry of entries) {
      const value = resolve(entry.value, `${place}.${entry.key}`, view)
      if (value instanceof Untold) return value
      if (value !== undefined) resolved.push({ ...entry, value })
    }
    return { kind: 'map', entries: resolved, line }
  }

  function call({ key: name, value: argument, line }: TemplateEntry, place: string, view: View): Resolved {
    const untold = (why = '') => new Untold(`${place}: ${name}${why}`)
    const text = (value: string): Resolved => paid({ kind: 'scalar', text: value, isString: true, line })
    const blind: View = { ...view, region: undefined }
    const argumentsOf = (seen: View) => {
      const list = resolve(argument, place, seen)
      return list instanceof Untold || list === undefined ? list : list.kind === 'list' ? list.items : undefined
    }
    switch (name) {
      case 'Ref': {
        const referred = stringOf(argument)
        return referred === undefined ? untold() : refer(referred, place, view, line)
      }
      case 'Fn::Sub': {
        const [pattern, given] = argument.kind === 'list' ? argument.items : [argument]
        const template = stringOf(pattern)
        if (template === undefined) return untold()
        let reason: Untold | undefined
        const parts = template.split(/(\$\{[^{}]*\})/).map((part) => {
          const [, inner] = /^\$\{([^{}]*)\}$/.exec(part) ?? []
          if (inner === undefined) return part
          if (inner.startsWith('!')) return `\${${inner.slice(1)}}`
          const variable = inner.trim()
          const own = valueAt(given, variable, label)
          const value = own === undefined ? refer(variable, place, view, line) : resolve(own, place, view)
          if (isScalar(value)) return value.text
          reason ??= value instanceof Untold ? value : untold(` of \${${variable}}`)
          return ''
        })
        return reason ?? text(parts.join(''))
      }
      case 'Fn::Join': {
        const [delimiter, items] = argument.kind === 'list' ? argument.items : []
        const between = stringOf(delimiter)
        const list = items === undefined ? undefined : resolve(items, place, view)
        if (list instanceof Untold) return list
        if (between === undefined || list === undefined || list.kind !== 'list' || !list.items.every(isScalar))
          return untold()
        spend(between.length * list.items.length, line)
        return text(
          list.items
            .filter(isScalar)
            .map((item) => item.text)
            .join(between),
        )
      }
      case 'Fn::Split': {
        const [delimiter, whole] = listed(argumentsOf(blind))
        const [at, from] = [stringOf(delimiter), stringOf(whole)]
        if (at === undefined || at === '' || from === undefined) return untold()
        return textsOf(from.split(at), line)
      }
      case 'Fn::Select': {
        const [index, list] = listed(argumentsOf(blind))
        const chosen =
          isScalar(index) && /^\d+$/.test(index.text) && list?.kind === 'list'
            ? list.items[Number(index.text)]
            : undefined
        return chosen ?? untold()
      }
      case 'Fn::FindInMap': {
        const [map, ...keys] = listed(argumentsOf(blind)).map((one) => (isScalar(one) ? one.text : undefined))
        const [first, second] = keys
        if (map === undefined || first === undefined || second === undefined) return untold()
        const found = [map, first, second].reduce<TemplateNode | undefined>(
          (node, key) => valueAt(node, key, label),
          mappings,
        )
        // A map holds values alone, no functions.
        return isScalar(found) || (found?.kind === 'list' && found.items.every(isScalar))
          ? resolve(found, place, view)
          : untold(` of ${map}`)
      }
      case 'Fn::If': {
        const [condition, ...branches] = argument.kind === 'list' ? argument.items : []
        const chosenBy = stringOf(condition)
        const [yes, no] = branches
        if (chosenBy === undefined || yes === undefined || no === undefined) return untold()
        const truth = judge(chosenBy, view.holds)
        if (truth !== undefined) return resolve(truth ? yes : no, place, view)
        const [one, other] = [resolve(yes, place, view), resolve(no, place, view)]
        return isSame(one, other) ? one : untold(` by the condition ${chosenBy}`)
      }
      default:
        return untold()
    }
  }

  function refer(name: string, place: string, view: View, line: number): Resolved {
    const text = (value: string | undefined): Resolved =>
      value === undefined
        ? new Untold(`${place}: ${name}`)
        : paid({ kind: 'scalar', text: value, isString: true, line })
    switch (name) {
      case 'AWS::NoValue':
        return undefined
      case 'AWS::AccountId':
        return text(account)
      case 'AWS::Partition':
        return text(partition)
      case 'AWS::Region':
        return text(view.region)
      case 'AWS::URLSuffix':
        return text(URL_SUFFIXES[partition])
    }
    const parameter = valueAt(parameters, name, label)
    if (parameter === undefined) return new Untold(`${place}: ${name}, which is known only once it is deployed`)
    const type = stringOf(valueAt(parameter, 'Type', label)) ?? ''
    if (type.startsWith('AWS::SSM::')) return new Untold(`${place}: the parameter ${name}, which is read from SSM`)
    if (openedBy(view.holds).has(name)) {
      return new Untold(
        `${place}: the parameter ${name}, whose default the condition ${view.holds} of its resource may rule out`,
      )
    }
    const value = valueAt(parameter, 'Default', label)
    if (!isScalar(value)) return new Untold(`${place}: the parameter ${name}, which has no default`)
    assumedParameters.add(name)
    if (!/^(CommaDelimitedList$|List<)/.test(type)) return text(value.text)
    spend(value.text.length, line)
    return textsOf(
      value.text.split(',').map((item) => item.trim()),
      line,
    )
  }

  function textsOf(texts: readonly string[], line: number): TemplateList {
    spend(texts.length * ITEM, line)
    return { kind: 'list', items: texts.map((text) => ({ kind: 'scalar', text, isString: true, line })), line }
  }

  /** What a template grows to by its functions ends here: a few of them can make gigabytes out of a megabyte. */
  function paid(scalar: TemplateScalar): TemplateScalar {
    spend(scalar.text.length + 1, scalar.line)
    return scalar
  }

  function spend(characters: number, line: number): void {
    left -= characters
    if (left >= 0) return
    throw new InvalidInputError(
      `${label}, line ${line}: found functions that make more than ${MOST_CHARACTERS} characters, expected fewer`,
    )
  }
}

const MOST_CHARACTERS = 50_000_000
/** An item of a list takes the memory of so many characters, however short it is. */
const ITEM = 50

/** "Pseudo parameters reference", CloudFormation User Guide. */
const URL_SUFFIXES: Readonly<Record<string, string>> = {
  aws: 'amazonaws.com',
  'aws-us-gov': 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
}

/** A value of another place, which CloudFormation looks up ("Dynamic references", CloudFormation User Guide). */
function isDynamic({ text }: TemplateScalar): boolean {
  return text.includes('{{resolve:')
}

function textsIn(value: Resolved): readonly TemplateScalar[] {
  if (value === undefined || value instanceof Untold) return []
  return (value.kind === 'list' ? value.items : [value]).filter(isScalar)
}

function isFunction(key: string): boolean {
  return key === 'Ref' || key.startsWith('Fn::')
}

function isScalar(value: Resolved | undefined): value is TemplateScalar {
  return value !== undefined && !(value instanceof Untold) && value.kind === 'scalar'
}

function listed(value: readonly TemplateNode[] | Untold | undefined): readonly TemplateNode[] {
  return value instanceof Untold || value === undefined ? [] : value
}

function isSame(one: Resolved, other: Resolved): boolean {
  if (one instanceof Untold || other instanceof Untold) return false
  if (one === undefined || other === undefined) return one === other
  return jsonText(one) === jsonText(other)
}

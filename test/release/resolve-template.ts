import { functionOf, isObject } from '../../release/json.ts'

/** Values of Parameters and pseudo parameters, by their names. */
type Values = Readonly<Record<string, string>>

const ACCOUNT = { 'AWS::AccountId': '111122223333', 'AWS::URLSuffix': 'amazonaws.com' }
const PARTITIONS: Values = { 'us-east-1': 'aws', 'us-gov-west-1': 'aws-us-gov', 'cn-north-1': 'aws-cn' }

/**
 * What CloudFormation makes of a template: the resources, outputs and rules with every function resolved that the templates
 * of this project use. What only a deployed resource knows stands as `<Resource.Attribute>`, a policy document that is a
 * text is read, and a text where a property is a number is one.
 *
 * @param given values of Parameters; the others have their defaults
 * @throws Error where a Parameter does not take its value, or a function is unknown
 */
export function resolveTemplate(template: unknown, region: string, given: Values = {}): unknown {
  const sections = isObject(template) ? template : {}
  const { Resources, Outputs, Rules, Mappings } = sections
  const values: Values = {
    ...ACCOUNT,
    'AWS::Region': region,
    'AWS::Partition': PARTITIONS[region] ?? '',
    ...readParameters(sections.Parameters ?? {}, given),
  }
  const conditions = isObject(sections.Conditions) ? sections.Conditions : {}

  const holds = (condition: unknown): boolean => {
    const [name, argument] = functionOf(condition) ?? []
    if (name === 'Fn::Equals' && Array.isArray(argument)) return resolve(argument[0]) === resolve(argument[1])
    if (name === 'Fn::Not' && Array.isArray(argument)) return !holds(argument[0])
    throw new Error(`${JSON.stringify(condition)} is no condition that is known here`)
  }

  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined)
    const [name, argument] = functionOf(value) ?? []
    if (name !== undefined) return callFunction(name, argument)
    if (!isObject(value)) return value
    const entries = Object.entries(value).map(([key, inner]) => [key, retype(key, resolve(inner))] as const)
    return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined))
  }

  const retype = (key: string, value: unknown): unknown => {
    if (typeof value !== 'string') return value
    if (key === 'PolicyDocument') return JSON.parse(value)
    return key === 'RetentionInDays' ? Number(value) : value
  }

  /** Resources or outputs whose Condition holds, without it. */
  const resolveAll = (entries: unknown) => {
    const kept = Object.entries(isObject(entries) ? entries : {}).flatMap(([id, entry]) => {
      const { Condition: condition, ...others } = isObject(entry) ? entry : {}
      return condition === undefined || holds(conditions[String(condition)]) ? [[id, resolve(others)] as const] : []
    })
    return Object.fromEntries(kept)
  }

  const callFunction = (name: string, argument: unknown): unknown => {
    if (name === 'Ref' && argument === 'AWS::NoValue') return undefined
    if (name === 'Ref') return referenceTo(String(argument))
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`
    if (name === 'Fn::Sub') return substitute(argument)
    if (name === 'Fn::If' && Array.isArray(argument)) {
      const [condition, then, otherwise] = argument
      return resolve(holds(conditions[condition]) ? then : otherwise)
    }
    if (name === 'Fn::FindInMap' && Array.isArray(argument)) return find(argument.map(resolve))
    if (name === 'Fn::Contains') return { [name]: resolve(argument) }
    throw new Error(`The function ${name} is not known here`)
  }

  const find = (path: readonly unknown[]): unknown =>
    path.reduce((found, key) => (isObject(found) ? found[String(key)] : undefined), Mappings)

  const referenceTo = (name: string) => values[name] ?? `<${name}>`

  const substitute = (argument: unknown): string => {
    const [text, variables] = typeof argument === 'string' ? [argument, {}] : Array.isArray(argument) ? argument : []
    const own = isObject(variables) ? variables : {}
    return String(text)
      .replace(/\$\{([\w:.]+)\}/g, (_, name: string) => {
        if (!(name in own)) return referenceTo(name)
        const value = resolve(own[name])
        return typeof value === 'string' ? value : `<${JSON.stringify(value)}>`
      })
      .replaceAll('${!', '${')
  }

  return { Resources: resolveAll(Resources), Outputs: resolveAll(Outputs), Rules: resolve(Rules) }
}

/** As CloudFormation does before it deploys. */
function readParameters(parameters: unknown, given: Values): Values {
  const known = isObject(parameters) ? parameters : {}
  const unknown = Object.keys(given).find((name) => !(name in known))
  if (unknown !== undefined) throw new Error(`There is no Parameter ${unknown}`)
  return Object.fromEntries(
    Object.entries(known).map(([name, declared]) => {
      const { Default, AllowedValues, AllowedPattern } = isObject(declared) ? declared : {}
      const value = given[name] ?? Default
      if (typeof value !== 'string') throw new Error(`The Parameter ${name} has no value`)
      const isAllowed = Array.isArray(AllowedValues)
        ? AllowedValues.includes(value)
        : typeof AllowedPattern === 'string' && new RegExp(AllowedPattern).test(value)
      if (!isAllowed) throw new Error(`The Parameter ${name} does not take ${JSON.stringify(value)}`)
      return [name, value]
    }),
  )
}

import { isDeepStrictEqual } from 'node:util'
import { functionOf, isObject } from './json.ts'

const NO_VALUE = { Ref: 'AWS::NoValue' }

/** Of the path to the properties of a resource: Resources, its name, Properties. */
const DEPTH_OF_PROPERTIES = 3

/** A template that was packaged twice: as all others are, and with another value of one setting. */
interface Comparison {
  /** Name of the Condition that holds unless the other value is set. */
  readonly condition: string
  readonly usual: unknown
  readonly other: unknown
}

/**
 * The template that is the other one unless the condition holds, with a choice in each place that differs. A resource, an
 * output or a property that only the usual one has is left out then; below a property the choice is made for the smallest
 * whole that differs. A mapping that only the usual one has stays: no Condition can leave it out, and it does nothing.
 *
 * @param template the usual one, in which choices by other conditions may have been made
 * @throws Error where the difference is one that no Condition can make
 */
export function chooseByCondition(template: unknown, { condition, usual, other }: Comparison): unknown {
  const choice = (then: unknown, otherwise: unknown) => ({ 'Fn::If': [condition, then, otherwise] })

  const choose = (current: unknown, usual: unknown, other: unknown, path: readonly string[]): unknown => {
    if (isDeepStrictEqual(usual, other)) return current
    if (other === undefined) return onlyUsual(current, path)
    if (usual === undefined && isProperty(path)) return choice(NO_VALUE, other)
    if (isObject(current) && isObject(usual) && isObject(other) && canChooseInside(usual, other, path)) {
      const keys = new Set([current, usual, other].flatMap((version) => Object.keys(version)))
      return Object.fromEntries(
        [...keys].map((key) => [key, choose(current[key], usual[key], other[key], [...path, key])] as const),
      )
    }
    if (path.length <= DEPTH_OF_PROPERTIES) throw cannotChoose(path)
    const areLists = Array.isArray(current) && Array.isArray(usual) && Array.isArray(other)
    if (areLists && current.length === usual.length && usual.length === other.length) {
      return current.map((item, index) => choose(item, usual[index], other[index], [...path, `${index}`]))
    }
    return choice(current, other)
  }

  const onlyUsual = (current: unknown, path: readonly string[]): unknown => {
    if (path[0] === 'Mappings') return current
    if (isProperty(path)) return choice(current, NO_VALUE)
    const isResourceOrOutput = path.length === 2 && ['Resources', 'Outputs'].includes(path[0] ?? '')
    if (isResourceOrOutput && isObject(current) && !('Condition' in current)) {
      return { ...current, Condition: condition }
    }
    throw cannotChoose(path)
  }

  const cannotChoose = (path: readonly string[]) =>
    new Error(`${path.join('.')} differs by ${condition}, and no Condition can choose there`)

  return choose(template, usual, other, [])
}

/** Sections, resources and their properties may lack entries; what is below a property is chosen as a whole then. */
function canChooseInside(usual: object, other: object, path: readonly string[]): boolean {
  if (path.length <= DEPTH_OF_PROPERTIES) return true
  const haveSameKeys = isDeepStrictEqual(Object.keys(usual).toSorted(), Object.keys(other).toSorted())
  return haveSameKeys && functionOf(usual) === undefined
}

function isProperty(path: readonly string[]): boolean {
  return path.length === DEPTH_OF_PROPERTIES + 1 && path[2] === 'Properties'
}

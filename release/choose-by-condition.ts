import { isDeepStrictEqual } from 'node:util'
import { functionOf, isObject } from './json.ts'

const NO_VALUE = { Ref: 'AWS::NoValue' }

/** A template that was packaged twice: once as all others, and once with another value of one setting. */
interface Comparison {
  /** Name of the Condition that holds where the other value is set. */
  readonly condition: string
  readonly usual: unknown
  readonly other: unknown
}

/**
 * The template that is the other one where the condition holds, with a choice in each place that differs. A property that
 * one of them lacks is left out; below a property the choice is made for the smallest whole that differs.
 *
 * @param template the usual one, in which choices by other conditions may have been made
 * @throws Error where the difference is one that Fn::If cannot make: of resources, or of what is no property
 */
export function chooseByCondition(template: unknown, { condition, usual, other }: Comparison): unknown {
  const choose = (current: unknown, usual: unknown, other: unknown, path: readonly string[]): unknown => {
    if (isDeepStrictEqual(usual, other)) return current
    const ofProperties = path.length === 3 && path[2] === 'Properties'
    if (
      isObject(current) &&
      isObject(usual) &&
      isObject(other) &&
      (ofProperties || (haveSameKeys(usual, other) && functionOf(usual) === undefined))
    ) {
      const keys = [...new Set([...Object.keys(usual), ...Object.keys(other)])]
      return Object.fromEntries(
        keys.map((key) => {
          if (key in usual && key in other) return [key, choose(current[key], usual[key], other[key], [...path, key])]
          return [key, choice(key in other ? other[key] : NO_VALUE, key in usual ? current[key] : NO_VALUE)]
        }),
      )
    }
    if (path.length < 4 || path[2] !== 'Properties') {
      throw new Error(`${path.join('.')} differs with ${condition}, and Fn::If cannot choose there`)
    }
    const areLists = Array.isArray(current) && Array.isArray(usual) && Array.isArray(other)
    if (areLists && current.length === usual.length && usual.length === other.length) {
      return current.map((item, index) => choose(item, usual[index], other[index], [...path, `${index}`]))
    }
    return choice(other, current)
  }
  const choice = (then: unknown, otherwise: unknown) => ({ 'Fn::If': [condition, then, otherwise] })
  return choose(template, usual, other, [])
}

function haveSameKeys(one: object, other: object): boolean {
  return isDeepStrictEqual(Object.keys(one).toSorted(), Object.keys(other).toSorted())
}

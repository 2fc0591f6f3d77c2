import { DEEPEST, entriesOf, stringOf, type TemplateNode, valueAt } from './template-node.ts'

/**
 * Conditions are judged in view of one that holds wherever the answer matters, as that of a resource; undefined where there
 * is none.
 */
export interface Conditions {
  /** Whether a condition holds; undefined: not told. */
  judge(name: string, holds: string | undefined): boolean | undefined
  /**
   * The parameters that decide about the condition that holds, where it does not by their defaults: the resource is made
   * only where one of them has another value.
   */
  openedBy(holds: string | undefined): ReadonlySet<string>
}

export interface ConditionValues {
  /** What a value in a condition comes to; undefined: no text, or not told. */
  textOf(node: TemplateNode, place: string, holds: string | undefined): string | undefined
  /** Told of each step, as so many characters to work through; throws where there are too many. */
  spend(characters: number): void
}

/** The conditions of a template. */
export function conditionsOf(
  conditions: TemplateNode | undefined,
  label: string,
  { textOf, spend }: ConditionValues,
): Conditions {
  const judged = new Map<string, boolean | undefined>()
  const opened = new Map<string, ReadonlySet<string>>()
  let judging = 0
  return { judge, openedBy }

  function judge(name: string, holds: string | undefined): boolean | undefined {
    if (name === holds) return true
    const key = JSON.stringify([name, openedBy(holds).size > 0 ? holds : undefined])
    if (judged.has(key)) return judged.get(key)
    // One that refers to itself is not told either, nor one at the end of a chain that nobody writes by hand.
    judged.set(key, undefined)
    spend(JUDGEMENT)
    judging += 1
    const truth = judging > DEEPEST ? undefined : judgeNode(valueAt(conditions, name, label), name, holds)
    judging -= 1
    judged.set(key, truth)
    return truth
  }

  function openedBy(holds: string | undefined): ReadonlySet<string> {
    if (holds === undefined) return NONE
    const known = opened.get(holds)
    if (known !== undefined) return known
    const names = judge(holds, undefined) === true ? NONE : namesBelow(holds)
    opened.set(holds, names)
    return names
  }

  /** A condition, and all that it may name: parameters, and conditions with all that these may name. */
  function namesBelow(condition: string): ReadonlySet<string> {
    const names = new Set([condition])
    for (const name of names) {
      for (const left = [valueAt(conditions, name, label)]; left.length > 0; ) {
        const node = left.pop()
        spend(1)
        if (node?.kind === 'list') for (const item of node.items) left.push(item)
        for (const { value } of entriesOf(node)) left.push(value)
        const text = stringOf(node)
        if (text !== undefined) for (const one of [text, ...variablesIn(text)]) names.add(one)
      }
    }
    return names
  }

  function judgeNode(node: TemplateNode | undefined, place: string, holds: string | undefined): boolean | undefined {
    const [term, ...others] = entriesOf(node)
    if (term === undefined || others.length > 0) return undefined
    const items = term.value.kind === 'list' ? term.value.items : []
    const truths = () => items.map((item) => judgeNode(item, place, holds))
    switch (term.key) {
      case 'Condition': {
        const other = stringOf(term.value)
        return other === undefined ? undefined : judge(other, holds)
      }
      case 'Fn::Equals': {
        const [one, other] = items.map((item) => textOf(item, place, holds))
        return one === undefined || other === undefined ? undefined : one === other
      }
      case 'Fn::Not': {
        const [truth] = truths()
        return truth === undefined ? undefined : !truth
      }
      case 'Fn::And':
        return truths().reduce((all, one) => (all === false || one === false ? false : all && one), true)
      case 'Fn::Or':
        return truths().reduce(
          (any, one) => (any === true || one === true ? true : any === undefined ? any : one),
          false,
        )
      default:
        return undefined
    }
  }
}

/** A judgement takes the time of so many characters. */
const JUDGEMENT = 200

const NONE: ReadonlySet<string> = new Set()

/** The names in the braces of Fn::Sub. */
function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^{}]*)\}/g)].map(([, name = '']) => name.trim())
}

import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml'
import { InvalidInputError } from '../../src/errors.ts'
import { Untold } from './declared-role.ts'
import { DEEPEST, type TemplateNode } from './template-node.ts'

/**
 * Reads one document of YAML as CloudFormation and the tools before it do: short tags are functions, a date is text, and
 * an alias is what it refers to.
 *
 * @throws InvalidInputError with the line, where it is no YAML, nests too deep, or unfolds its aliases without end
 */
export function readYamlTemplate(text: string, label: string): TemplateNode {
  if (nestsTooDeep(text)) throw tooDeep(label)
  const lines = new LineCounter()
  // Every scalar stays text: what it stands for is decided below.
  const documents = [
    ...parseAllDocuments(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
      lineCounter: lines,
    }),
  ]
  const lineAt = (offset: number) => lines.linePos(offset).line
  const fail = (offset: number, found: string) =>
    new InvalidInputError(`${label}, line ${lineAt(offset)}: found ${found}`)
  const [error] = documents.flatMap(({ errors }) => errors)
  if (error !== undefined) {
    if (error.message.includes('call stack')) throw tooDeep(label)
    throw fail(
      error.pos[0],
      `text that is no YAML (${error.message.replace(/:?\s*\n[\s\S]*/, '')}), expected ${ONE_DOCUMENT}`,
    )
  }
  const [document, other] = documents.filter(({ contents }) => contents !== null)
  if (document?.contents == null) throw new InvalidInputError(`${label}: found nothing, expected ${ONE_DOCUMENT}`)
  if (other !== undefined) throw fail(other.range[0], `a second document, expected ${ONE_DOCUMENT}`)
  // An anchor can be given again: an alias means the last before it, wherever it is unfolded.
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  visit(document, {
    Value: (_, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
    Alias: (_, alias) => {
      const target = anchors.get(alias.source)
      if (target === undefined) throw fail(alias.range?.[0] ?? 0, `*${alias.source}, which refers to nothing before it`)
      targets.set(alias, target)
    },
  })
  let left = MOST_VALUES
  return nodeOf(document.contents, 0)

  function nodeOf(node: unknown, depth: number): TemplateNode {
    if (depth > DEEPEST) throw tooDeep(label)
    left -= 1
    if (left < 0)
      throw new InvalidInputError(
        `${label}: found aliases that unfold to more than ${MOST_VALUES} values, expected fewer`,
      )
    if (isAlias(node)) return nodeOf(targets.get(node), depth + 1)
    if (!isScalar(node) && !isMap(node) && !isSeq(node))
      return { kind: 'scalar', text: 'null', isString: false, line: 1 }
    const line = lineAt(node.range?.[0] ?? 0)
    const { tag } = node
    if (tag === undefined || tag === '!' || CORE_TAGS.test(tag)) return plainNodeOf(node, depth, line)
    if (!tag.startsWith('!')) return { kind: 'untold', untold: new Untold(`the YAML tag ${tag}`), line }
    const name = tag.slice(1)
    const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`
    return { kind: 'map', entries: [{ key, value: plainNodeOf(node, depth, line), line }], line }
  }

  function plainNodeOf(node: Node, depth: number, line: number): TemplateNode {
    if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => nodeOf(item, depth + 1)), line }
    if (isScalar(node)) return scalarOf(node, line)
    if (!isMap(node)) return { kind: 'scalar', text: 'null', isString: false, line }
    const entries = node.items.map((pair) => {
      const at = isScalar(pair.key) ? (pair.key.range?.[0] ?? 0) : 0
      if (!isScalar(pair.key)) throw fail(node.range?.[0] ?? 0, 'a key that is no text')
      const key = String(pair.key.value)
      return { key, value: nodeOf(pair.value, depth + 1), line: lineAt(at) }
    })
    if (!entries.some(({ key }) => key === '<<')) return { kind: 'map', entries, line }
    return { kind: 'untold', untold: new Untold('the merge key <<, which CloudFormation does not know'), line }
  }
}

const ONE_DOCUMENT = 'one document of YAML'

/** Each key and value of a template of the largest size is one. */
const MOST_VALUES = 1_000_000

const CORE_TAGS = /^tag:yaml\.org,2002:(str|map|seq)$/

/**
 * What a word without quotes stands for. CloudFormation reads YAML 1.1 and the tools before it read 1.2: where these two
 * differ, nobody can tell. A date is text to CloudFormation ("Template formats", CloudFormation User Guide: no timestamps).
 */
function scalarOf({ value, type, tag }: Scalar, line: number): TemplateNode {
  const text = String(value ?? '')
  if (type !== 'PLAIN' || tag !== undefined) return { kind: 'scalar', text, isString: true, line }
  if (/^(~|null|Null|NULL|)$/.test(text)) return { kind: 'scalar', text: 'null', isString: false, line }
  if (/^(true|True|TRUE|false|False|FALSE)$/.test(text))
    return { kind: 'scalar', text: text.toLowerCase(), isString: false, line }
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text)) return { kind: 'scalar', text, isString: false, line }
  if (!DIFFERS.test(text)) return { kind: 'scalar', text, isString: true, line }
  return {
    kind: 'untold',
    untold: new Untold(`${text} without quotes, which readers of YAML take for different things`),
    line,
  }
}

/** Words that are a Boolean or a number in YAML 1.1 (yaml.org/type/bool.html, int.html, float.html), and not the same in 1.2. */
const DIFFERS =
  /^(y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|[-+]?0[\d_]+|[-+]?0[box][\da-fA-F_]+|[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?|\+\d[\d_]*|[-+]?\d[\d_]*_[\d_]*|[-+]?(\d[\d_]*)?\.[\d_]*([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/

/** The parser walks down what it has read: it would exhaust the stack, and the memory with what it says of that. */
function nestsTooDeep(text: string): boolean {
  let brackets = 0
  let indicators = 0
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') brackets += 1
    else if (token === ']' || token === '}') brackets -= 1
    else if (token === '-' || token === '?' || token === ':') indicators += 1
    else if (token.startsWith('\n') || token.startsWith('\r')) indicators = 0
    if (brackets > DEEPEST || indicators > DEEPEST) return true
  }
  return false
}

function tooDeep(label: string): InvalidInputError {
  return new InvalidInputError(`${label}: found values nested deeper than ${DEEPEST} levels, expected a template`)
}

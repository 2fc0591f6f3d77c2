import { InvalidInputError } from '../../src/errors.ts'
import { readGivenDocument } from '../explain/given-document.ts'
import { parseJson } from '../session/parse-json.ts'
import { readTemplate } from './cloudformation-template.ts'
import type { Declarations, Whereabouts } from './declared-role.ts'
import { DEEPEST, entriesOf, readJsonTemplate, type TemplateNode } from './template-node.ts'
import { readTerraformPlan } from './terraform-plan.ts'
import { readYamlTemplate } from './yaml-template.ts'

const EXPECTED =
  'a Terraform plan as `terraform show -json FILE` prints it, a CloudFormation template, or a trust policy as JSON'

/** "Template body size in an Amazon S3 object" (CloudFormation quotas): 1 MB. */
const LARGEST_TEMPLATE = 1024 * 1024

/**
 * What a text declares, be it a plan, a template or a trust policy.
 *
 * @throws InvalidInputError in one line, with the place
 */
export function readDeclarations(text: string, label: string, whereabouts: Whereabouts): Declarations {
  if (text.trim() === '') throw new InvalidInputError(`${label}: found nothing, expected ${EXPECTED}`)
  if (!/^\s*[[{]/.test(text)) return readYaml(text, label, whereabouts)
  if (/^\s*\{\s*"@level"/.test(text)) throw new InvalidInputError(`${label}: found ${A_LOG}`)
  const value = parseJson(text, label, EXPECTED, DEEPEST)
  const keys = Object.keys(Object(value))
  if (isObjectWith(value, 'format_version')) return readTerraformPlan(value, label)
  if (isObjectWith(value, 'lineage')) throw new InvalidInputError(`${label}: found ${A_STATE_FILE}`)
  if (keys.some(isOfTemplate)) {
    refuseLarge(text, label)
    return readTemplate(readJsonTemplate(text), 'json', whereabouts, label)
  }
  return readTrustPolicy(text, label)
}

function readYaml(text: string, label: string, whereabouts: Whereabouts): Declarations {
  refuseLarge(text, label)
  const template = readYamlTemplate(text, label)
  if (entriesOf(template).some(({ key }) => isOfTemplate(key)))
    return readTemplate(template, 'yaml', whereabouts, label)
  throw new InvalidInputError(`${label}: found ${shown(template)}, expected ${EXPECTED}`)
}

function isOfTemplate(key: string): boolean {
  return key === 'Resources' || key === 'AWSTemplateFormatVersion'
}

function refuseLarge(text: string, label: string): void {
  if (text.length <= LARGEST_TEMPLATE) return
  throw new InvalidInputError(
    `${label}: found a template of ${text.length} characters, expected at most ${LARGEST_TEMPLATE}, which is all that CloudFormation takes`,
  )
}

/** A role that it will be the trust policy of is assumed, with the tag. */
function readTrustPolicy(text: string, label: string): Declarations {
  const { document } = readGivenDocument(text, label, EXPECTED)
  const role = {
    name: label,
    line: undefined,
    account: undefined,
    identity: undefined,
    tags: undefined,
    documents: [document],
  }
  return {
    language: 'json',
    roles: [role],
    remarks: ['taken for the trust policy of a role with the tag that no exclusion matches'],
  }
}

// What else people have at hand.
const A_LOG = 'what `terraform plan -json` logs; save the plan with -out, and print it with `terraform show -json`'
const A_STATE_FILE =
  'a state file of Terraform, which may change its form at any time; `terraform show -json` in that folder prints what it holds'

function isObjectWith(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, key)
}

function shown(node: TemplateNode): string {
  if (node.kind === 'list') return `a list of ${node.items.length}`
  const keys = entriesOf(node).map(({ key }) => key)
  if (keys.length === 0) return 'text'
  return `a map with ${keys.slice(0, 5).join(', ')}${keys.length > 5 ? ', …' : ''}`
}

import { stringify } from 'yaml'
import type { JsonObject } from '../../src/trust-policy/json.ts'
import { type ArnSource, formatHcl } from './format-hcl.ts'

export type StatementFormat = 'json' | 'yaml' | 'hcl'

/**
 * A statement that this system writes, as text to paste where a role is defined:
 *
 * - `json`: the statement as it is
 * - `yaml`: an item of the list below `Statement:` of a CloudFormation template
 * - `hcl`: as {@link formatHcl} writes it for Terraform
 *
 * @returns lines, without a line break at the end
 * @throws ConfigurationError where HCL cannot say it
 */
export function formatStatement(statement: JsonObject, format: StatementFormat, source: ArnSource): string {
  switch (format) {
    case 'json':
      return JSON.stringify(statement, null, 2)
    case 'yaml':
      // CloudFormation reads YAML 1.1, other tools 1.2: to either, other words without quotes are no text (On, 0o17).
      return stringify([statement], {
        defaultStringType: 'QUOTE_DOUBLE',
        defaultKeyType: 'PLAIN',
        lineWidth: 0,
      }).trimEnd()
    case 'hcl':
      return formatHcl(statement, source)
  }
}

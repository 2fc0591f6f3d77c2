import type { AwsAccount } from '../aws-account.ts'
import { ROLE_NAME } from '../role/role.ts'

/** Where the console lives, by partition. A partition that is not listed gets no link, rather than a wrong one. */
const CONSOLE_DOMAINS = new Map([
  ['aws', 'console.aws.amazon.com'],
  ['aws-us-gov', 'console.amazonaws-us-gov.com'],
  ['aws-cn', 'console.amazonaws.cn'],
  ['aws-eusc', 'console.amazonaws-eusc.eu'],
])

/**
 * The page of the IAM console that shows a role's trust policy; undefined where it is not known, or where IAM gave no
 * name by which a role can be found.
 *
 * @param awsAccount its region is the one in which IAM's console lives: the stack refuses all others (rule 7.2)
 */
export function roleConsoleUrl(roleName: string, awsAccount: AwsAccount | undefined): string | undefined {
  const domain = CONSOLE_DOMAINS.get(awsAccount?.partition ?? '')
  if (awsAccount === undefined || domain === undefined || !ROLE_NAME.test(roleName)) return undefined
  const page = `iam/home?region=${awsAccount.region}#/roles/details/${encodeURIComponent(roleName)}`
  return `https://${awsAccount.region}.${domain}/${page}?section=trust_relationships`
}

/** Behind `signin.` or `REGION.signin.`, by partition (AWS General Reference, "AWS Sign-In endpoints"; the SDK). */
const SIGN_IN_DOMAINS: ReadonlyMap<string, string> = new Map([
  ['aws', 'aws.amazon.com'],
  ['aws-us-gov', 'amazonaws-us-gov.com'],
  ['aws-cn', 'amazonaws.cn'],
  ['aws-eusc', 'amazonaws-eusc.eu'],
])

/** Where a sign-in host has no region in its name: nothing says that aws-eusc has one. */
const GLOBAL_SIGN_IN = ['aws', 'aws-us-gov', 'aws-cn']

/** Where AWS's sign-in takes SAML assertions unless Okta names another place; undefined where no document says. */
export function defaultAudience(partition: string): string | undefined {
  return GLOBAL_SIGN_IN.includes(partition) ? `https://signin.${SIGN_IN_DOMAINS.get(partition)}/saml` : undefined
}

/**
 * What is odd about an audience, in words, or undefined. It is compared to the letter with the place that Okta posts
 * its assertion to, so one that is no such place lets nobody in (IAM User Guide, "Configure your SAML 2.0 IdP with
 * relying party trust": `/saml`, or `/saml/acs/ID` where assertions are encrypted).
 *
 * @param partitions of the providers
 */
export function audienceDoubt(audience: string, partitions: readonly string[]): string | undefined {
  const [, host = '', path = ''] = /^https:\/\/([^/]*)(.*)$/.exec(audience) ?? []
  const partition = partitionOf(host)
  if (partition === undefined) {
    // Of a partition that is not in the list nobody knows the hosts.
    if (partitions.some((one) => !SIGN_IN_DOMAINS.has(one))) return undefined
    return `${host} is not a sign-in host of AWS`
  }
  if (!partitions.includes(partition)) return `it belongs to the partition ${partition}, and no provider does`
  if (path.endsWith('/')) return 'it ends with a slash, and must match exactly'
  if (!/^\/saml(\/acs\/[^/]+)?$/.test(path)) return 'AWS takes assertions at /saml, or at /saml/acs/ID'
  return undefined
}

function partitionOf(host: string): string | undefined {
  const [, domain] = /^(?:[a-z\d-]+\.)?signin(?:-fips)?\.(.+)$/.exec(host) ?? []
  return [...SIGN_IN_DOMAINS].find(([, one]) => one === domain)?.[0]
}

/** Characters of a policy as IAM counts them against its quota: white space does not count (IAM and STS quotas). */
export function policySize(document: string): number {
  return document.replace(/\s+/g, '').length
}

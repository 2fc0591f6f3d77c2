/** Inline templates of CloudFormation may have as many bytes (CloudFormation quotas). */
export const LONGEST_TEMPLATE = 51_200

/** @throws Error where a template is too long to be given to CloudFormation without a bucket, as `org deploy` does */
export function checkLength(template: object, name: string): void {
  const length = Buffer.byteLength(JSON.stringify(template))
  if (length > LONGEST_TEMPLATE)
    throw new Error(`${name} has ${length} bytes, and CloudFormation takes ${LONGEST_TEMPLATE}`)
}

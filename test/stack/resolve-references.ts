/** The account and region in which the sample events happen. */
const pseudoParameters = { Partition: 'aws', AccountId: '111122223333', Region: 'us-east-1' }

/** Stands in for CloudFormation: pseudo parameters get their values, and a resource's ARN is one that ends in its id. */
export function resolveReferences(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolveReferences)
  if (typeof value !== 'object' || value === null) return value
  if ('Fn::Sub' in value && typeof value['Fn::Sub'] === 'string') return substitute(value['Fn::Sub'])
  if ('Ref' in value && value.Ref === 'AWS::AccountId') return pseudoParameters.AccountId
  if ('Fn::GetAtt' in value) return attributeOf(value['Fn::GetAtt'])
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolveReferences(inner)]))
}

export function arnOf(logicalId: string): string {
  const service = logicalId.endsWith('Queue') ? 'sqs' : 'logs'
  return `arn:aws:${service}:us-east-1:111122223333:${service === 'logs' ? 'log-group:' : ''}${logicalId}`
}

function attributeOf(reference: unknown): string {
  const [logicalId, attribute] = Array.isArray(reference) ? reference : []
  if (attribute !== 'Arn') throw new Error(`${JSON.stringify(reference)} is not the ARN of a resource`)
  return arnOf(String(logicalId))
}

function substitute(text: string): string {
  return Object.entries(pseudoParameters).reduce(
    (done, [name, value]) => done.replaceAll(`\${AWS::${name}}`, value),
    text,
  )
}

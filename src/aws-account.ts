/** The account that the function runs in, as far as it is known: `invoke local` does not give it. */
export interface AwsAccount {
  readonly partition: string
  readonly region: string
  readonly account: string
}

/** The account of a function, by its ARN; undefined where the ARN is absent or has another form. */
export function accountOfFunction(functionArn: string | undefined): AwsAccount | undefined {
  const [, partition, , region, account] = functionArn?.split(':') ?? []
  return partition && region && account ? { partition, region, account } : undefined
}

import { GetSAMLProviderCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam'
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm'
import type { AccessSources } from '../load-wanted-access.ts'

/** The parameter and the SAML providers, as SSM and IAM know them. Other errors than "not found" go through. */
export function accessSources(iam: IAMClient, ssm: SSMClient): AccessSources {
  return {
    async readParameter(name) {
      try {
        const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }))
        return parameter?.Value
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined
        throw error
      }
    },

    async readSamlProvider(arn) {
      try {
        const { ValidUntil: validUntil } = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arn }))
        return { validUntil }
      } catch (error) {
        if (error instanceof NoSuchEntityException) return undefined
        throw error
      }
    },
  }
}

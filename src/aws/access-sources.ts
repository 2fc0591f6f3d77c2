import { GetSAMLProviderCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam'
import { GetParameterCommand, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm'
import { MalformedResponseError } from '../errors.ts'
import type { AccessSources } from '../resolve-wanted-access.ts'
import { asOutOfTime } from './as-out-of-time.ts'

/**
 * The parameter and the SAML providers, as SSM and IAM know them.
 *
 * @param deadline where there is one, no call outlasts it, and none is sent after it
 * @throws MalformedResponseError where an answer lacks what the API promises; OutOfTimeError at the deadline; other
 *   errors than "not found" go through
 */
export function accessSources(iam: IAMClient, ssm: SSMClient, deadline?: AbortSignal): AccessSources {
  const options = deadline === undefined ? {} : { abortSignal: deadline }
  return {
    async readParameter(name) {
      try {
        const command = new GetParameterCommand({ Name: name, WithDecryption: true })
        const { Parameter: parameter } = await ssm.send(command, options)
        if (parameter?.Value !== undefined) return parameter.Value
      } catch (error) {
        if (error instanceof ParameterNotFound) return undefined
        throw asOutOfTime('GetParameter', error)
      }
      throw new MalformedResponseError(`GetParameter: found no value in the answer for ${name}`)
    },

    async readSamlProvider(arn) {
      try {
        const provider = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: arn }), options)
        const { ValidUntil: validUntil, CreateDate: createDate } = provider
        if (createDate !== undefined) return { validUntil }
      } catch (error) {
        if (error instanceof NoSuchEntityException) return undefined
        throw asOutOfTime('GetSAMLProvider', error)
      }
      throw new MalformedResponseError(`GetSAMLProvider: found no creation date in the answer for ${arn}`)
    },
  }
}

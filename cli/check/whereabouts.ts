import iamEventRegions from '../../infra/iam-event-regions.cjs'
import { SAML_PROVIDER_ARN, type WantedAccess } from '../../src/trust-policy/wanted-access.ts'
import type { Whereabouts } from './declared-role.ts'

/** Where the roles of a wanted access will be: a stack's providers are all of its own account (rule 1.2). */
export function whereaboutsOf({ providers, audiences }: WantedAccess): Whereabouts {
  const { account, partition = 'aws' } = SAML_PROVIDER_ARN.exec(providers[0] ?? '')?.groups ?? {}
  // A trust policy that names the region of its stack meets one that is wanted, or none.
  const wanted = [...providers, ...audiences].flatMap(regionsIn)
  const usual = iamEventRegions.regionsByPartition[partition] ?? 'us-east-1'
  return { account, partition, regions: [...new Set([usual, 'no-region-1', ...wanted])] }
}

/** All that could be the name of a region, such as eu-west-1, in a text. */
function regionsIn(text: string): readonly string[] {
  return (text.match(/[a-z]+(-[a-z]+)+-\d+/g) ?? []).flatMap((words) => {
    const parts = words.split('-')
    return parts.slice(2).map((_, index) => parts.slice(index).join('-'))
  })
}

const { regions, unknownToOsls, reason } = require('./iam-event-regions.cjs')

/**
 * Resolves provider.region, and stops before anything is packaged or deployed where the region is wrong (rule 7.2).
 */
module.exports = async ({ resolveVariable }) => {
  const region = await resolveVariable('opt:region, env:AWS_REGION, env:AWS_DEFAULT_REGION, "us-east-1"')
  if (region === unknownToOsls) {
    throw refusal(`The stack cannot be deployed to ${region}: osls, which deploys it, does not know that region yet.`)
  }
  if (regions.includes(region)) return region
  throw refusal(
    `The stack cannot live in ${region}. ${reason} Choose with --region; AWS_REGION and AWS_DEFAULT_REGION count too.`,
  )
}

/** Without the stack trace, which osls would print and nobody needs. */
function refusal(message) {
  return Object.assign(new Error(message), { stack: undefined })
}

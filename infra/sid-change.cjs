const { createRequire } = require('node:module')
const compileSources = require('./compile-sources.cjs')
const { readVariables } = require('./deployed-stack.cjs')

/** The clients of osls itself: the configuration that it gives (credentials, region, proxy) is made for these. */
const requireOfOsls = createRequire(require.resolve('serverless/package.json'))
const { IAMClient, paginateGetAccountAuthorizationDetails } = requireOfOsls('@aws-sdk/client-iam')

/** How many roles a refusal names. */
const NAMED = 3

/**
 * Refuses to deploy another Sid over a stack while roles hold statements of the old one: to the stack they would be
 * somebody else's from then on, so that it never renewed them, and never took them out (rule 7.2). Only where the Sid
 * changes does it look at the roles.
 */
module.exports = class SidChange {
  constructor(serverless) {
    const refuseChange = async () => {
      const { service, serviceDir } = serverless
      const { environment } = service.provider
      const provider = serverless.getProvider('aws')
      const deployed = await deployedEnvironment(provider, Object.values(service.functions))
      if (deployed === undefined) return
      const { readConfig } = compileSources(serviceDir, 'src/config/read-config.ts')
      // A stack of before this setting lacks the variable, which means the default.
      const sidOf = (variable) => readConfig({ ...environment, SID: variable }).sid
      const [before, after] = [sidOf(deployed.SID), sidOf(environment.SID)]
      if (before === after) return
      const { hasManagedStatement } = compileSources(serviceDir, 'src/trust-policy/plan.ts')
      const holders = await rolesWhere(new IAMClient(await provider.getAwsSdkV3Config()), (document) =>
        hasManagedStatement(document, before),
      )
      if (holders.length > 0) throw new serverless.classes.Error(refusal(before, after, holders), 'SID_IN_USE')
    }
    this.hooks = {
      'before:aws:deploy:deploy:createStack': refuseChange,
      'before:deploy:function:deploy': refuseChange,
    }
  }
}

/** Of the first function that is there; undefined where none is. */
async function deployedEnvironment(provider, functions) {
  for (const { name } of functions) {
    const variables = await readVariables(provider, name)
    if (variables !== undefined) return variables
  }
  return undefined
}

async function rolesWhere(client, isMatch) {
  const found = []
  for await (const page of paginateGetAccountAuthorizationDetails({ client }, { Filter: ['Role'] })) {
    for (const { RoleName: name, AssumeRolePolicyDocument: document = '' } of page.RoleDetailList ?? []) {
      if (isMatch(decodeURIComponent(document))) found.push(name)
    }
  }
  return found
}

function refusal(before, after, holders) {
  const named = holders.slice(0, NAMED).join(', ')
  const more = holders.length > NAMED ? ` and ${holders.length - NAMED} more` : ''
  return `sid: the stack is deployed with ${before}, and these roles hold its statements: ${named}${more}. With ${after} it would neither renew them nor take them out, and nothing was deployed. Deploy with the setting sid: ${before}, or have them taken out first (docs/deploying.md, "Another Sid")`
}

const compileSources = require('./compile-sources.cjs')
const { readEarlierTemplate, readTrustPolicies, readVariables } = require('./deployed-stack.cjs')

const SOURCES = ['src/config/read-config.ts', 'src/trust-policy/plan.ts']

/** How many roles a refusal names. */
const NAMED = 3

/**
 * Refuses to deploy another Sid over a stack while roles hold statements of the old one: to the stack they would be
 * somebody else's from then on, so that it never renewed them, and never took them out (rule 7.2). Only where the Sid
 * changes does it look at the roles. What is deployed is read from every function, since one may have been edited by hand.
 */
module.exports = class SidChange {
  constructor(serverless, options) {
    const { service, serviceDir } = serverless
    const provider = serverless.getProvider('aws')
    let compiled
    const sources = () => {
      compiled ??= compileSources(serviceDir, ...SOURCES)
      return compiled
    }
    // A stack of before this setting lacks the variable. That of serverless.yml may have been changed since.
    const sidOf = ({ SID = sources().DEFAULT_SID }) => SID

    /** @param outgoing Sids that the functions have from then on, by their names */
    const refuseChange = async (outgoing) => {
      const changes = new Map()
      for (const [functionName, after] of outgoing) {
        const variables = await readVariables(provider, functionName)
        if (variables !== undefined && sidOf(variables) !== after) changes.set(sidOf(variables), after)
      }
      if (changes.size === 0) return
      const { hasManagedStatement } = sources()
      const roles = await readTrustPolicies(provider)
      for (const [before, after] of changes) {
        const holders = roles.filter(({ document }) => hasManagedStatement(document, before)).map(({ name }) => name)
        if (holders.length > 0) throw new serverless.classes.Error(refusal(before, after, holders), 'SID_IN_USE')
      }
    }
    const refuseTemplate = ({ Resources }) =>
      refuseChange(
        Object.values(Resources)
          .filter(({ Type }) => Type === 'AWS::Lambda::Function')
          .map(({ Properties: { FunctionName, Environment } }) => [FunctionName, sidOf(Environment?.Variables ?? {})]),
      )
    this.hooks = {
      'before:aws:deploy:deploy:createStack': () => refuseTemplate(service.provider.compiledCloudFormationTemplate),
      'before:deploy:function:deploy': () =>
        refuseChange([[options.functionObj.name, sidOf(service.provider.environment)]]),
      'before:rollback:rollback': async () => {
        const { timestamp } = options
        // Where there is no such template, setting-changes.cjs has refused already.
        if (timestamp) await refuseTemplate(await readEarlierTemplate(provider, service.service, timestamp))
      },
    }
  }
}

function refusal(before, after, holders) {
  const named = holders.slice(0, NAMED).join(', ')
  const more = holders.length > NAMED ? ` and ${holders.length - NAMED} more` : ''
  return `sid: the stack is deployed with ${before}, and these roles hold its statements: ${named}${more}. With ${after} it would neither renew them nor take them out, and nothing was deployed. Deploy with the setting sid: ${before}, or have them taken out first (docs/deploying.md, "Another Sid")`
}

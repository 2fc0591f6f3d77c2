const { regions, reason } = require('./iam-event-regions.cjs')

/**
 * Writes the guard of region.cjs into the template as well, for those who deploy the packaged template with other
 * tools (rule 7.2). A plugin, because osls refuses the section `Rules` among the resources of serverless.yml.
 */
module.exports = class RegionRule {
  constructor({ service }) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => {
        service.provider.compiledCloudFormationTemplate.Rules = {
          RegionWhereIamEventsArrive: {
            Assertions: [{ Assert: { 'Fn::Contains': [regions, { Ref: 'AWS::Region' }] }, AssertDescription: reason }],
          },
        }
      },
    }
  }
}

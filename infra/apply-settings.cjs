/** What makes no sense without each other: the account's own dashboard with its table, the alarms and their topic. */
const TELEMETRY = {
  functions: ['dashboard-widget'],
  types: ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::Dashboard', 'AWS::SNS::Topic'],
  roles: ['DashboardWidgetRole'],
  outputs: ['AlarmTopicArn', 'DashboardUrl'],
  mappings: ['Console'],
}

/** What makes sense with a hub only. */
const FORWARDING = ['ForwardingRule', 'ForwardingRole']

/**
 * Puts settings where osls looks for them, once they are known to be right: it would refuse a wrong one in its own words,
 * and for every command, while `remove` and `info` must work whatever the settings are.
 *
 * @param settings by the variables of the functions
 */
function applySettings(service, settings, readTags) {
  const { provider, functions } = service
  const { LOG_RETENTION_DAYS, DEPLOYMENT_BUCKET, SCHEDULE, ACCOUNT_TELEMETRY, HUB_BUS_ARN, READER_PRINCIPAL, TAGS } =
    settings
  provider.logRetentionInDays = Number(LOG_RETENTION_DAYS)
  // Beside these osls puts the tag STAGE.
  provider.stackTags = readTags(TAGS)
  if (DEPLOYMENT_BUCKET !== '') provider.deploymentBucket = DEPLOYMENT_BUCKET
  for (const { schedule } of functions['scheduled-sweep'].events) schedule.rate = [SCHEDULE]
  provider.environment.POWERTOOLS_METRICS_DISABLED = ACCOUNT_TELEMETRY === 'true' ? 'false' : 'true'
  if (ACCOUNT_TELEMETRY === 'false') dropTelemetry(service)
  if (HUB_BUS_ARN === '') for (const id of FORWARDING) delete service.resources.Resources[id]
  if (READER_PRINCIPAL === '') delete service.resources.Resources.ReaderRole
}

function dropTelemetry({ functions, resources }) {
  const { Resources, Outputs, Mappings } = resources
  for (const name of TELEMETRY.functions) delete functions[name]
  for (const [id, { Type }] of Object.entries(Resources)) {
    if (TELEMETRY.types.includes(Type) || TELEMETRY.roles.includes(id)) delete Resources[id]
  }
  for (const name of TELEMETRY.outputs) delete Outputs[name]
  for (const name of TELEMETRY.mappings) delete Mappings[name]
  if (Object.keys(Mappings).length === 0) delete resources.Mappings
}

module.exports = { applySettings }

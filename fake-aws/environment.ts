import { version } from '../package.json'

/** The environment of the functions as serverless.yml sets it by default. */
export const ENVIRONMENT = {
  PARAMETER_NAME: '/okta/saml-provider-arn',
  TAG_KEY: 'okta-sso',
  TAG_VALUE: 'true',
  AUDIENCES: '',
  SESSION_TAGS: 'false',
  SOURCE_IDENTITY: 'false',
  SESSION_DURATION: '',
  EXCLUSIONS: '',
  MAX_CHANGES: '50',
  SCHEDULE: 'rate(1 hour)',
  ON_UNTAG: 'keep',
  SID: 'OktaSso',
  MODE: 'enforce',
  PERMISSIONS_BOUNDARY: '',
  LOG_RETENTION_DAYS: '90',
  DEPLOYMENT_BUCKET: '',
  ACCOUNT_TELEMETRY: 'true',
  HUB_BUS_ARN: '',
  READER_PRINCIPAL: '',
  STACK_NAME: 'okta-role-trust-dev',
  QUEUE_NAME: 'okta-role-trust-dev-role-events',
  VERSION: version,
}

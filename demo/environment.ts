import { ENVIRONMENT } from '../fake-aws/environment.ts'

// Imported before the handlers, which read their environment as they load.
Object.assign(process.env, ENVIRONMENT, {
  // Of the hub.
  TABLE_NAME: 'okta-role-trust-hub',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'demo',
  AWS_SECRET_ACCESS_KEY: 'demo',
  // Of Powertools too; POWERTOOLS_LOG_LEVEL is a setting of the stack, and none may be silent.
  LOG_LEVEL: 'SILENT',
  POWERTOOLS_METRICS_DISABLED: 'true',
  // The SDK's word on Node versions is for those who deploy it, and Lambda runs another Node.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
})

import { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from 'aws-lambda'
import { accessSources } from '../src/aws/access-sources.ts'
import { iamClient, ssmClient } from '../src/aws/clients.ts'
import { iamRoleReader } from '../src/aws/iam-roles.ts'
import { trustPolicyQuota } from '../src/aws/trust-policy-quota.ts'
import { accountOfFunction } from '../src/aws-account.ts'
import { cached } from '../src/cached.ts'
import { type Config, readConfig } from '../src/config/read-config.ts'
import { DOCUMENTATION } from '../src/dashboard-widget/documentation.ts'
import { renderProblem } from '../src/dashboard-widget/render-problem.ts'
import { renderRoles, type Snapshot } from '../src/dashboard-widget/render-roles.ts'
import { readWidgetRequest } from '../src/dashboard-widget/request.ts'
import { resolveWantedAccess } from '../src/resolve-wanted-access.ts'
import { withoutDocuments } from '../src/sweep/keep-documents.ts'
import { surveyRoles } from '../src/sweep/survey-roles.ts'
import { deadlineBefore, TIME_TO_REPORT } from '../src/time-budget.ts'

/** A dashboard may refresh every 10 seconds, for several people: they must not use up IAM's rate. In milliseconds. */
const LOOK_AGE = 30_000

const logger = new Logger({ persistentKeys: { version: process.env.VERSION ?? 'unknown' } })
const [iam, ssm] = [iamClient(), ssmClient()]
const quota = trustPolicyQuota(iam)

async function takeSnapshot(config: Config, context: Context): Promise<Snapshot> {
  const time = new Date()
  const timeLeft = () => context.getRemainingTimeInMillis()
  const deadline = deadlineBefore(timeLeft(), TIME_TO_REPORT)
  const awsAccount = accountOfFunction(context.invokedFunctionArn)
  const { wanted, warnings } = await resolveWantedAccess(config, accessSources(iam, ssm, deadline), awsAccount, time)
  const isOutOfTime = () => timeLeft() < TIME_TO_REPORT
  const reader = { ...iamRoleReader(iam, deadline), readQuota: quota(deadline) }
  const survey = await surveyRoles({}, { ...config, wanted }, reader, isOutOfTime, withoutDocuments)
  return { survey, wanted, warnings, time }
}

const keptSnapshot = cached(takeSnapshot, Date.now)

/**
 * For a custom widget of CloudWatch's dashboards: looks at all roles, writes nothing, and returns the page as HTML, or
 * the widget's documentation as Markdown. A fault becomes a page too, since CloudWatch would show a stack trace
 * instead.
 */
export const handler = async (event: unknown, context: Context): Promise<string> => {
  const { describe, theme } = readWidgetRequest(event)
  if (describe) return DOCUMENTATION
  try {
    const config = readConfig(process.env)
    const awsAccount = accountOfFunction(context.invokedFunctionArn)
    return renderRoles(await keptSnapshot(LOOK_AGE, config, context), { ...config, awsAccount, theme }).toString()
  } catch (error) {
    logger.error('the dashboard shows no roles, because they could not be read', { error })
    return renderProblem(error, theme).toString()
  }
}

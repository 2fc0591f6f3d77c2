import { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from 'aws-lambda'
import { accessSources } from '../src/aws/access-sources.ts'
import { iamClient, ssmClient } from '../src/aws/clients.ts'
import { iamRoleReader } from '../src/aws/iam-roles.ts'
import { trustPolicyQuota } from '../src/aws/trust-policy-quota.ts'
import { cached } from '../src/cached.ts'
import { type Config, readConfig } from '../src/config/read-config.ts'
import { DOCUMENTATION } from '../src/dashboard-widget/documentation.ts'
import { renderProblem } from '../src/dashboard-widget/render-problem.ts'
import { type Look, renderRoles } from '../src/dashboard-widget/render-roles.ts'
import { readWidgetRequest } from '../src/dashboard-widget/request.ts'
import { homeOf, loadWantedAccess } from '../src/resolve-wanted-access.ts'
import { withoutDocuments } from '../src/sweep/keep-documents.ts'
import { surveyRoles } from '../src/sweep/survey-roles.ts'
import { deadline, LAST_WORD } from '../src/time-budget.ts'

/** A dashboard may refresh every 10 seconds, for several people: their looks must not use up IAM's rate. In milliseconds. */
const LOOK_AGE = 30_000

const logger = new Logger()
const [iam, ssm] = [iamClient(), ssmClient()]
const quota = trustPolicyQuota(iam)

async function lookAtRoles(config: Config, context: Context): Promise<Look> {
  const time = new Date()
  const timeLeft = () => context.getRemainingTimeInMillis()
  const giveUp = deadline(timeLeft(), LAST_WORD)
  const home = homeOf(context.invokedFunctionArn)
  const { wanted, warnings } = await loadWantedAccess(config, accessSources(iam, ssm, giveUp), home, time)
  const isOutOfTime = () => timeLeft() < LAST_WORD
  const reader = { ...iamRoleReader(iam, giveUp), readQuota: quota(giveUp) }
  const survey = await surveyRoles({}, { ...config, wanted }, reader, isOutOfTime, withoutDocuments)
  return { survey, wanted, warnings, time }
}

const keptLook = cached(lookAtRoles, Date.now)

/**
 * For a custom widget of CloudWatch's dashboards: looks at all roles, writes nothing, and returns the page as HTML, or the
 * widget's documentation as Markdown. A fault becomes a page too, since CloudWatch would show a stack trace instead.
 */
export const handler = async (event: unknown, context: Context): Promise<string> => {
  const { describe, theme } = readWidgetRequest(event)
  if (describe) return DOCUMENTATION
  try {
    const config = readConfig(process.env)
    const home = homeOf(context.invokedFunctionArn)
    return renderRoles(await keptLook(LOOK_AGE, config, context), { ...config, home, theme }).toString()
  } catch (error) {
    logger.error('the dashboard shows no roles, because they could not be looked at', { error })
    return renderProblem(error, theme).toString()
  }
}

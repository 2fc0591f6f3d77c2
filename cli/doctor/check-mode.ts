import type { AwsTarget } from '../../src/aws/clients.ts'
import { mayWriteTrustPolicies } from '../../src/aws/write-permission.ts'
import { ownRoleArns } from '../../src/cloudtrail/own-roles.ts'
import type { Config } from '../../src/config/read-config.ts'
import { answerOf, failure, judge, ok, type Verdict, warning } from './finding.ts'
import type { StackPlace } from './stack-parts.ts'

/** Checks whether the functions may write trust policies where they should, and nowhere else (rule 5.8). */
export async function checkMode(
  target: AwsTarget,
  { mode, tag }: Pick<Config, 'mode' | 'tag'>,
  place: StackPlace,
): Promise<readonly Verdict[]> {
  const { partition, region, account } = place
  const answer = await answerOf('iam:SimulatePrincipalPolicy', () =>
    Promise.all(
      ownRoleArns(place).map(async ({ name, arn }) => ({
        name,
        mayWrite: await mayWriteTrustPolicies(target, {
          roleArn: arn,
          functionArn: `arn:${partition}:lambda:${region}:${account}:function:${name}`,
          writtenRoleArn: `arn:${partition}:iam::${account}:role/tagged`,
          tag,
        }),
      })),
    ),
  )
  return judge(`the permission to write (mode: ${mode})`, answer, (writers) => judgeWriters(mode, writers))
}

/** @param writers the roles of the functions, and whether they may write */
function judgeWriters(
  mode: Config['mode'],
  writers: readonly { readonly name: string; readonly mayWrite: boolean }[],
): Verdict {
  const listed = (mayWrite: boolean) =>
    writers
      .filter((writer) => writer.mayWrite === mayWrite)
      .map(({ name }) => name)
      .join(', ')
  if (mode === 'report') {
    const able = listed(true)
    if (able === '') return ok('the stack only reports (mode: report), and no function may write a trust policy')
    return failure(
      `the stack only reports (mode: report), and yet the role of each of these may write trust policies: ${able}`,
      'look at the policies of these roles in IAM: somebody has taken out the Deny of the stack (OnlyReport), and something allows iam:UpdateAssumeRolePolicy. Put back the one, and take away the other',
    )
  }
  const unable = listed(false)
  if (unable === '') return ok('the stack writes what is due (mode: enforce)')
  return warning(
    `the stack is to write what is due (mode: enforce), and by IAM's simulation the role of each of these may not: ${unable}`,
    'if the log of scheduled-sweep says the same of its writes, look for what denies them in IAM: a permissions boundary, a service control policy, or a changed policy of these roles',
  )
}

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ruleTargets, stackParts } from '../../../cli/doctor/stack-parts.ts'
import { stackName } from '../../../cli/stack-settings.ts'

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
const template = ['serverless.yml', ...['queue', 'rule', 'parameter-rule', 'alarms'].map((name) => `infra/${name}.yml`)]
  .map(read)
  .join('\n')
  .replaceAll(/\$\{self:custom\.queueName\}/g, `${stackName('prod')}-role-events`)
  .replaceAll(/\$\{self:custom\.prefix\}/g, stackName('prod'))

test('every part is named as the template names it', () => {
  const place = { stackName: stackName('prod'), partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' }
  const { roleEvent, scheduledSweep, backfill, dashboardWidget, ...others } = stackParts(place)
  for (const { name } of [roleEvent, scheduledSweep, backfill, dashboardWidget])
    expect(template).toContain(`\n    name: ${name}\n`)
  const { roleEventRule, parameterRule, roleEventQueue, deadLetterQueue, alarmTopic } = others
  for (const { name } of [roleEventRule, parameterRule]) expect(template).toContain(`\n      Name: ${name}\n`)
  for (const { name } of [roleEventQueue, deadLetterQueue]) expect(template).toContain(`\n      QueueName: ${name}\n`)
  expect(template).toContain(`\n      TopicName: ${alarmTopic.name}\n`)
  expect(template).toContain(`queueName: ${roleEventQueue.name}\n`)
})

test('ARNs are of the kind that each service uses', () => {
  const parts = stackParts({ stackName: 's', partition: 'aws-cn', region: 'cn-north-1', account: '1' })
  expect(Object.values(parts).map(({ arn }) => arn)).toEqual([
    'arn:aws-cn:lambda:cn-north-1:1:function:s-role-event',
    'arn:aws-cn:lambda:cn-north-1:1:function:s-scheduled-sweep',
    'arn:aws-cn:lambda:cn-north-1:1:function:s-backfill',
    'arn:aws-cn:lambda:cn-north-1:1:function:s-dashboard-widget',
    'arn:aws-cn:events:cn-north-1:1:rule/s-role-events',
    'arn:aws-cn:events:cn-north-1:1:rule/s-parameter-changes',
    'arn:aws-cn:sqs:cn-north-1:1:s-role-events',
    'arn:aws-cn:sqs:cn-north-1:1:s-dead-letters',
    'arn:aws-cn:sns:cn-north-1:1:s-alarms',
  ])
})

test('every rule leads where the template leads it', () => {
  const parts = stackParts({ stackName: stackName('prod'), partition: 'aws', region: 'r', account: '1' })
  const { roleEventRule, parameterRule } = ruleTargets(parts)
  for (const [file, target] of [
    ['infra/rule.yml', roleEventRule],
    ['infra/parameter-rule.yml', parameterRule],
  ] as const) {
    const { seconds, attempts } = target.retry ?? {}
    expect(read(file)).toContain(`- Id: ${target.id}\n`)
    expect(read(file)).toContain(
      `RetryPolicy: { MaximumEventAgeInSeconds: ${seconds}, MaximumRetryAttempts: ${attempts} }`,
    )
    expect(read(file).includes('DeadLetterConfig: { Arn: !GetAtt DeadLetterQueue.Arn }')).toBe(
      target.deadLetters?.name === parts.deadLetterQueue.name,
    )
  }
})

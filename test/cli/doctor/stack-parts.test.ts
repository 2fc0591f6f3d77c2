import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { forwardingTarget, ruleTargets, stackParts, targetText } from '../../../cli/doctor/stack-parts.ts'
import { stackName } from '../../../cli/stack-settings.ts'

const read = (file: string) => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')
const template = [
  'serverless.yml',
  ...['queue', 'rule', 'parameter-rule', 'forwarding', 'alarms'].map((name) => `infra/${name}.yml`),
]
  .map(read)
  .join('\n')
  .replaceAll(/\$\{self:custom\.queueName\}/g, `${stackName('prod')}-role-events`)
  .replaceAll(/\$\{self:custom\.prefix\}/g, stackName('prod'))

test('every part is named as the template names it', () => {
  const place = { stackName: stackName('prod'), partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' }
  const { roleEvent, scheduledSweep, backfill, dashboardWidget, ...others } = stackParts(place)
  for (const { name } of [roleEvent, scheduledSweep, backfill, dashboardWidget])
    expect(template).toContain(`\n    name: ${name}\n`)
  const { roleEventRule, parameterRule, forwardingRule, roleEventQueue, deadLetterQueue, alarmTopic } = others
  for (const { name } of [roleEventRule, parameterRule, forwardingRule])
    expect(template).toContain(`\n      Name: ${name}\n`)
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
    'arn:aws-cn:events:cn-north-1:1:rule/s-forward',
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

test('the rule of the hub leads there as the template leads it', () => {
  const hubBusArn = 'arn:aws:events:us-east-1:999988887777:event-bus/okta-role-trust-hub'
  const place = { stackName: stackName('prod'), partition: 'aws', region: 'us-east-1', account: '111122223333' }
  const target = forwardingTarget({ ...place, hubBusArn }, stackParts(place))
  expect(targetText(target)).toBe(
    `Id=hub,Arn=${hubBusArn},RoleArn=arn:aws:iam::111122223333:role/okta-role-trust/okta-role-trust-prod-forward,DeadLetterConfig={Arn=arn:aws:sqs:us-east-1:111122223333:okta-role-trust-prod-dead-letters}`,
  )
  const forwarding = read('infra/forwarding.yml')
  const [setting, prefix, path] = ['param:hubBusArn', 'self:custom.prefix', 'self:custom.rolesPath'].map(
    (name) => `$\{${name}}`,
  )
  for (const part of [
    '- Id: hub\n',
    `Arn: ${setting}\n`,
    'RoleArn: !GetAtt ForwardingRole.Arn\n',
    'DeadLetterConfig: { Arn: !GetAtt DeadLetterQueue.Arn }\n',
    `RoleName: ${prefix}-forward\n`,
    `Path: ${path}\n`,
  ]) {
    expect(forwarding).toContain(part)
  }
  expect(forwarding).not.toContain('RetryPolicy')
})

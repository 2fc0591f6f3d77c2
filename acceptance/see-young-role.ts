import timers from 'node:timers/promises'
import { GetRoleCommand } from '@aws-sdk/client-iam'
import { policyOf } from '../sandbox/trust-policies.ts'
import type { Observation } from './observation.ts'
import { makeRole, type Scene } from './scene.ts'

/** How long a new role is young, in IAM's eyes. */
export async function seeYoungRole(scene: Scene): Promise<Observation> {
  const { clients, signal } = scene
  const started = Date.now()
  const seconds = () => ((Date.now() - started) / 1000).toFixed(1)
  const role = await makeRole(scene, 'young')
  if (role.kind === 'refused') return { because: role.error }
  const trusting = async (): Promise<string> => {
    for (let attempt = 0; ; attempt += 1) {
      const policy = policyOf({ Effect: 'Allow', Principal: { AWS: role.arn }, Action: 'sts:AssumeRole' })
      const taken = await makeRole(scene, 'trusts-young', policy)
      if (taken.kind === 'taken') return `IAM took it as a principal after ${seconds()} s`
      if (attempt === 60) return `as a principal it was refused for ${seconds()} s: ${taken.error}`
      await timers.setTimeout(1_000, undefined, { signal })
    }
  }
  const shown = async (): Promise<string> => {
    while (true) {
      const { Role: found } = await clients.iam.send(new GetRoleCommand({ RoleName: role.roleName }))
      if (found?.Arn === role.arn) return `GetRole showed its ARN after ${seconds()} s`
      if (Date.now() - started > 60_000) return `GetRole still showed ${found?.Arn} after ${seconds()} s`
      await timers.setTimeout(500, undefined, { signal })
    }
  }
  return { seen: (await Promise.all([shown(), trusting()])).join('; ') }
}

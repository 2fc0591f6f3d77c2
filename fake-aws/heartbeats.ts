import { randomUUID } from 'node:crypto'
import { version } from '../package.json'

/** What a sweep with nothing to do tells, as docs/events.md says. */
export const QUIET_SWEEP = {
  version: '1',
  stack: 'okta-role-trust-prod',
  productVersion: version,
  mode: 'enforce',
  settingsDigest: 'ab'.repeat(32),
  trigger: 'scheduled sweep',
  scanned: 40,
  inScope: 12,
  counts: { unchanged: 12, patched: 0, planned: 0, withdrawn: 0, skipped: 0, blocked: 0, failed: 0, deferred: 0 },
  due: 0,
  heldBack: 0,
  orphaned: 0,
  deadLetters: 0,
  roles: [],
  rolesOmitted: 0,
}

interface Told {
  readonly account?: string
  readonly time?: Date
  readonly id?: string
  readonly type?: string
  /** What differs from a quiet sweep. */
  readonly detail?: object
}

/** A heartbeat as EventBridge puts it into the hub's queue. */
export function heartbeatEvent({ account = '111122223333', time = new Date(), id, type, detail }: Told = {}) {
  return {
    version: '0',
    id: id ?? randomUUID(),
    'detail-type': type ?? 'Sweep Finished',
    source: 'okta-role-trust',
    account,
    time: `${time.toISOString().slice(0, 19)}Z`,
    region: 'us-east-1',
    resources: [],
    detail: { ...QUIET_SWEEP, ...detail },
  }
}

const HOUR = 60 * 60_000
const { counts } = QUIET_SWEEP

/** The heartbeats of an organization in which something of everything is the matter. */
export function realisticHeartbeats(now: Date, quietAccounts: number) {
  const ago = (hours: number) => new Date(now.getTime() - hours * HOUR)
  const blocked = (roleName: string, reason: string, detail: string) => ({
    roleName,
    outcome: 'blocked',
    reason,
    detail,
  })
  return [
    heartbeatEvent({ account: '210987654321', time: ago(61) }),
    heartbeatEvent({
      account: '345678901234',
      time: ago(0.3),
      type: 'Sweep Failed',
      detail: {
        detail:
          'ConfigurationError: SSM parameter /okta/saml-provider-arn: found nothing, expected the ARN of a SAML provider',
      },
    }),
    heartbeatEvent({
      account: '456789012345',
      time: ago(0.6),
      detail: {
        counts: { ...counts, unchanged: 8, blocked: 4 },
        roles: [
          blocked(
            'vault-unsealer',
            'dangling-principal',
            'statement 0 names AROAJQABLZS4A3QDU576Q, a role or user that is gone',
          ),
          blocked('audit-break-glass', 'explicit-deny', 'statement 1 denies the sign-in'),
          blocked('legacy-report', 'malformed', 'the trust policy is no JSON'),
          blocked('legacy-export', 'malformed', 'the trust policy is no JSON'),
        ],
      },
    }),
    heartbeatEvent({
      account: '567890123456',
      time: ago(0.8),
      detail: {
        counts: { ...counts, unchanged: 0, planned: 64 },
        inScope: 64,
        scanned: 210,
        due: 64,
        heldBack: 64,
        roles: [{ roleName: 'data-analyst', outcome: 'planned', reason: 'managed-statement-differs' }],
      },
    }),
    heartbeatEvent({ account: '678901234567', time: ago(0.1), detail: { deadLetters: 3 } }),
    heartbeatEvent({
      account: '789012345678',
      time: ago(0.5),
      detail: {
        mode: 'report',
        counts: { ...counts, unchanged: 10, planned: 2 },
        due: 2,
        roles: [
          { roleName: 'support-readonly', outcome: 'planned', reason: 'access-missing', detail: 'report mode' },
          { roleName: 'contractor-sandbox', outcome: 'planned', reason: 'access-missing', detail: 'report mode' },
        ],
      },
    }),
    heartbeatEvent({
      account: '890123456789',
      time: ago(0.2),
      detail: { orphaned: 1, roles: [{ roleName: 'former-analyst', outcome: 'orphaned' }] },
    }),
    ...Array.from({ length: quietAccounts }, (_, index) =>
      heartbeatEvent({ account: `${100_000_000_000 + index * 7919}`, time: ago((index % 10) / 10) }),
    ),
  ]
}

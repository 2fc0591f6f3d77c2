import './environment.ts'
import { formatRole, formatTotals } from '../cli/format-role.ts'
import { outliveReaders } from '../cli/session/outlive-readers.ts'
import { paintFor } from '../cli/session/paint.ts'
import { createAccount } from '../fake-aws/account.ts'
import { ENVIRONMENT } from '../fake-aws/environment.ts'
import { contextOf, reportOf, sample } from '../fake-aws/invocation.ts'
import { addRealisticRoles } from '../fake-aws/realistic-roles.ts'
import { handler as backfill } from '../handlers/backfill.ts'
import { handler as roleEvent } from '../handlers/role-event.ts'
import { handler as scheduledSweep } from '../handlers/scheduled-sweep.ts'
import { lineOf } from '../src/sweep/report.ts'
import { formatQuietRoles } from './tell.ts'

// The three functions as they are deployed, on an AWS account in memory: nothing leaves this process.

outliveReaders(process.stdout)
const paint = paintFor(process.stdout, process.env)
const account = addRealisticRoles(createAccount().attach())
account.addQueue(ENVIRONMENT.QUEUE_NAME)
account.addQueue(`${ENVIRONMENT.STACK_NAME}-dead-letters`)

const print = (...lines: readonly string[]) => console.log(lines.join('\n'))
const heading = (text: string) => print('', paint('bold', text))

print(`An account with ${account.roles().length} roles in memory. Those tagged okta-sso=true shall trust Okta.`)

heading('1. A role has been created with the tag, and role-event gets the event')
const outcome = await roleEvent(sample('create-role-tagged'), contextOf())
if ('roleName' in outcome) print(...formatRole(lineOf(outcome), paint))

heading('2. What would be done to the roles below /team/? backfill with {"dryRun":true,"pathPrefix":"/team/"}')
const planned = await backfill({ dryRun: true, pathPrefix: '/team/' }, contextOf())
print(...planned.roles.flatMap((role) => formatRole(role, paint)), formatTotals(planned))

heading('3. The hourly scheduled-sweep looks at all roles and changes what is due')
const swept = reportOf(await scheduledSweep({}, contextOf()))
print(
  ...swept.roles.flatMap((role) => formatRole(role, paint)),
  ...formatQuietRoles(account.roles(), swept, paint),
  formatTotals(swept),
)

heading('4. The same sweep once more')
const writes = account.writes.length
const again = reportOf(await scheduledSweep({}, contextOf()))
print(formatTotals(again), `  ${account.writes.length - writes} trust policies written`)
account.detach()

import { createServer } from 'node:http'
import { type GeneratedRole, generatedRole, indexOf, PROVIDER } from './generated-account.ts'

type RoleOf = (index: number) => GeneratedRole

/** What the server was asked, by the names of the calls, and which roles were written. */
export interface Traffic {
  readonly calls: Map<string, number>
  readonly written: Set<string>
}

/**
 * A local AWS with an account of generated roles, over HTTP and in the formats of its services: the SDK's signing, parsing
 * and waiting cost a sweep more than its decisions, and an account behind stubbed clients would not show it.
 */
export async function startAwsServer() {
  let roles = 0
  let roleOf: RoleOf = generatedRole
  let traffic: Traffic = { calls: new Map(), written: new Set() }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const { 'x-amz-target': target } = request.headers
      const parameters = new URLSearchParams(typeof target === 'string' ? '' : body)
      const call = typeof target === 'string' ? target.slice(target.indexOf('.') + 1) : `${parameters.get('Action')}`
      traffic.calls.set(call, (traffic.calls.get(call) ?? 0) + 1)
      if (call === 'UpdateAssumeRolePolicy') traffic.written.add(`${parameters.get('RoleName')}`)
      if (typeof target === 'string') {
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        response.end(JSON.stringify(jsonAnswer(call, JSON.parse(body))))
      } else {
        const result = xmlAnswer(call, parameters, roles, roleOf)
        const metadata = '<ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>'
        response.writeHead(200, { 'content-type': 'text/xml' })
        response.end(
          `<${call}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><${call}Result>${result}</${call}Result>${metadata}</${call}Response>`,
        )
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    /** Starts anew with an account of so many roles. What is asked from here on is in the traffic. */
    serve(count: number, role: RoleOf = generatedRole): Traffic {
      roles = count
      roleOf = role
      traffic = { calls: new Map(), written: new Set() }
      return traffic
    },
    close(): void {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** SSM, EventBridge and CloudTrail. */
function jsonAnswer(call: string, input: { readonly Entries?: readonly unknown[] }): object {
  switch (call) {
    case 'GetParameter':
      return { Parameter: { Type: 'String', Value: PROVIDER } }
    case 'PutEvents':
      return { FailedEntryCount: 0, Entries: (input.Entries ?? []).map((_, index) => ({ EventId: `${index}` })) }
    case 'LookupEvents':
      return { Events: [] }
    default:
      throw new Error(`the local AWS knows no ${call}`)
  }
}

/** IAM. */
function xmlAnswer(call: string, parameters: URLSearchParams, roles: number, roleOf: RoleOf): string {
  switch (call) {
    case 'GetAccountAuthorizationDetails': {
      const start = Number(parameters.get('Marker') ?? 0)
      const end = Math.min(roles, start + Number(parameters.get('MaxItems')))
      const page = Array.from(
        { length: end - start },
        (_, index) => `<member>${detailOf(roleOf(start + index))}</member>`,
      )
      const more = end < roles ? `<Marker>${end}</Marker>` : ''
      return `<RoleDetailList>${page.join('')}</RoleDetailList><IsTruncated>${end < roles}</IsTruncated>${more}`
    }
    case 'GetRole':
      return `<Role>${formatRole(roleOf(indexOf(`${parameters.get('RoleName')}`)))}</Role>`
    case 'UpdateAssumeRolePolicy':
      return ''
    case 'GetSAMLProvider':
      return '<CreateDate>2026-01-01T00:00:00Z</CreateDate><ValidUntil>2036-01-01T00:00:00Z</ValidUntil>'
    default:
      throw new Error(`the local AWS knows no ${call}`)
  }
}

function formatRole({ name, tags, document }: GeneratedRole): string {
  const tagList = Object.entries(tags).map(
    ([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`,
  )
  return `<Path>/</Path><RoleName>${name}</RoleName><RoleId>AROA${name.slice(-6).padStart(17, '0')}</RoleId><Arn>arn:aws:iam::111122223333:role/${name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>${encodeURIComponent(document)}</AssumeRolePolicyDocument><Tags>${tagList.join('')}</Tags>`
}

const INLINE_POLICY = encodeURIComponent(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: ['orders', 'invoices', 'exports'].map((bucket) => ({
      Effect: 'Allow',
      Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket'],
      Resource: [`arn:aws:s3:::acme-${bucket}`, `arn:aws:s3:::acme-${bucket}/*`],
    })),
  }),
)
const MANAGED_POLICIES = ['ReadOnlyAccess', 'AmazonSSMManagedInstanceCore']
  .map(
    (name) => `<member><PolicyName>${name}</PolicyName><PolicyArn>arn:aws:iam::aws:policy/${name}</PolicyArn></member>`,
  )
  .join('')
/** What a scan is sent along with each role, asked for or not: more than a half of what it has to read. */
const PERMISSIONS = `<InstanceProfileList/><RolePolicyList><member><PolicyName>access</PolicyName><PolicyDocument>${INLINE_POLICY}</PolicyDocument></member></RolePolicyList><AttachedManagedPolicies>${MANAGED_POLICIES}</AttachedManagedPolicies><RoleLastUsed><LastUsedDate>2026-02-01T00:00:00Z</LastUsedDate><Region>us-east-1</Region></RoleLastUsed>`

function detailOf(role: GeneratedRole): string {
  return formatRole(role) + PERMISSIONS
}

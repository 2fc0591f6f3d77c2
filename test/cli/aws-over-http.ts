import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { OKTA, TAGGED } from '../functions.ts'

/** What a caller gets in place of an answer. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
}

/** An AWS on this machine, as far as the command line asks it: for the program as a process, which no mock reaches. */
export interface AwsOverHttp {
  readonly url: string
  /** Trust policies by role name, all tagged; those in force. */
  readonly roles: Map<string, string>
  /** The access key and the action of each request. */
  readonly requests: { readonly key: string; readonly action: string }[]
  /** Set to refuse whatever comes. */
  refusal: Refusal | undefined
  /** An action that is carried out and never answered. */
  unanswered: string | undefined
  /** Called when a write has come in, which is answered after some milliseconds. */
  onWrite: () => void
  close(): void
}

const WRITE_TAKES = 100

export async function serveAws(): Promise<AwsOverHttp> {
  const server = createServer(async (request, response) => {
    const { action, parameters } = await readRequest(request)
    aws.requests.push({ key: /Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? '', action })
    if (aws.refusal !== undefined) return refuse(response, aws.refusal)
    if (aws.unanswered === action) response.end = () => response
    const name = parameters.get('RoleName') ?? ''
    switch (action) {
      case 'GetCallerIdentity':
        return answer(
          response,
          action,
          '<Arn>arn:aws:sts::111122223333:assumed-role/x/y</Arn><Account>111122223333</Account>',
        )
      case 'GetFunctionConfiguration':
        response.writeHead(404, { 'content-type': 'application/json', 'x-amzn-errortype': 'ResourceNotFoundException' })
        return response.end('{"Message":"Function not found"}')
      case 'GetParameter':
        response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' })
        return response.end(JSON.stringify({ Parameter: { Name: 'x', Type: 'String', Value: OKTA } }))
      case 'GetSAMLProvider':
        return answer(
          response,
          action,
          '<CreateDate>2026-01-01T00:00:00Z</CreateDate><ValidUntil>2036-01-01T00:00:00Z</ValidUntil>',
        )
      case 'GetAccountAuthorizationDetails': {
        const members = [...aws.roles.keys()].map((role) => `<member>${roleXml(role, aws.roles)}</member>`)
        return answer(response, action, `<RoleDetailList>${members.join('')}</RoleDetailList>`)
      }
      case 'GetRole':
        return answer(response, action, `<Role>${roleXml(name, aws.roles)}</Role>`)
      case 'UpdateAssumeRolePolicy':
        aws.roles.set(name, parameters.get('PolicyDocument') ?? '')
        setTimeout(() => answer(response, action, ''), WRITE_TAKES)
        return aws.onWrite()
      default:
        return refuse(response, { status: 400, code: 'InvalidAction', message: `no action ${action}` })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const aws: AwsOverHttp = {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    roles: new Map(),
    requests: [],
    refusal: undefined,
    unanswered: undefined,
    onWrite: () => {},
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return aws
}

async function readRequest(request: IncomingMessage) {
  let body = ''
  for await (const chunk of request) body += chunk
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') return { action: target.split('.')[1] ?? '', parameters: new URLSearchParams() }
  const parameters = new URLSearchParams(body)
  return { action: parameters.get('Action') ?? 'GetFunctionConfiguration', parameters }
}

function roleXml(name: string, roles: AwsOverHttp['roles']): string {
  const tags = Object.entries(TAGGED).map(([key, value]) => `<member><Key>${key}</Key><Value>${value}</Value></member>`)
  const document = encodeURIComponent(roles.get(name) ?? '')
  return `<RoleName>${name}</RoleName><Path>/</Path><Arn>arn:aws:iam::111122223333:role/${name}</Arn><AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument><Tags>${tags.join('')}</Tags>`
}

function answer(response: ServerResponse, action: string, result: string): void {
  response.writeHead(200, { 'content-type': 'text/xml' })
  response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`)
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  response.writeHead(status, { 'content-type': 'text/xml' })
  response.end(
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  )
}

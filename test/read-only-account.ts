import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'

/** A deployed function, or why it cannot be read. */
interface DeployedFunction {
  readonly variables?: Readonly<Record<string, string>>
  /** The name of an AWS error. */
  readonly error?: string
  /** What Lambda says instead of the variables. */
  readonly undecryptable?: string
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly error?: string
}

/** An account with a stack in it that osls may read. Whatever would change something is denied. */
export class ReadOnlyAccount {
  /** Its status, or the name of an AWS error; undefined: there is none. */
  stack: { readonly status: string } | { readonly error: string } | undefined
  /** By their names. */
  functions: Readonly<Record<string, DeployedFunction>> = {}
  /** The template of an earlier deployment, or the name of an AWS error. */
  template: { readonly text: string } | { readonly error: string } = { error: 'NoSuchKey' }
  /** Trust policies by the names of the roles; undefined: nobody may read them. */
  trustPolicies: Readonly<Record<string, object>> | undefined = {}
  /** What was asked, as method and path. */
  readonly calls: string[] = []
  /** What would have changed something. */
  readonly writes: string[] = []
  readonly #server = createServer(async (request, response) => {
    const { status, body, error } = this.#answer(request, await text(request))
    if (error !== undefined) response.setHeader('x-amzn-errortype', error)
    response.writeHead(status).end(body)
  })

  /** @returns its URL */
  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** As if nothing had been deployed nor asked. */
  clear(): void {
    this.stack = undefined
    this.functions = {}
    this.template = { error: 'NoSuchKey' }
    this.trustPolicies = {}
    this.calls.length = 0
    this.writes.length = 0
  }

  #answer({ method = '', url = '' }: IncomingMessage, body: string): Answer {
    const path = decodeURIComponent(url)
    const action = new URLSearchParams(body).get('Action')
    this.calls.push(`${action ?? method} ${path}`)
    switch (action) {
      case 'DescribeStacks':
        return this.#describeStack()
      case 'DescribeStackResource':
        return xml(`<StackResourceDetail><PhysicalResourceId>bucket</PhysicalResourceId></StackResourceDetail>`, action)
      case 'GetCallerIdentity':
        return xml('<Arn>arn:aws:iam::111122223333:user/x</Arn><Account>111122223333</Account>', action)
      case 'GetAccountAuthorizationDetails':
        return this.#listRoles()
    }
    const [, name] = /^\/2015-03-31\/functions\/([^/?]+)$/.exec(path) ?? []
    if (method === 'GET' && name !== undefined) return this.#getFunction(name)
    if (method === 'GET' && path.includes('/compiled-cloudformation-template.json')) {
      return 'text' in this.template ? { status: 200, body: this.template.text } : failure(this.template.error)
    }
    if (!['GET', 'HEAD'].includes(method)) this.writes.push(`${action ?? method} ${path}`)
    return failure('AccessDenied')
  }

  #describeStack(): Answer {
    if (this.stack === undefined) return failure('ValidationError', 'Stack with id x does not exist')
    if ('error' in this.stack) return failure(this.stack.error)
    const time = '<CreationTime>2026-01-01T00:00:00Z</CreationTime>'
    const stack = `<StackName>x</StackName><StackStatus>${this.stack.status}</StackStatus>${time}`
    return xml(`<Stacks><member>${stack}</member></Stacks>`, 'DescribeStacks')
  }

  #listRoles(): Answer {
    if (this.trustPolicies === undefined) return failure('AccessDenied')
    const roles = Object.entries(this.trustPolicies).map(([name, document]) => {
      const text = encodeURIComponent(JSON.stringify(document))
      return `<member><RoleName>${name}</RoleName><AssumeRolePolicyDocument>${text}</AssumeRolePolicyDocument></member>`
    })
    return xml(`<RoleDetailList>${roles.join('')}</RoleDetailList>`, 'GetAccountAuthorizationDetails')
  }

  #getFunction(name: string): Answer {
    const { variables, error, undecryptable } = this.functions[name] ?? { error: 'ResourceNotFoundException' }
    if (error !== undefined) return { status: 403, body: JSON.stringify({ message: 'as AWS says' }), error }
    const problem = { ErrorCode: 'AccessDeniedException', Message: undecryptable }
    const Environment = undecryptable === undefined ? { Variables: variables } : { Error: problem }
    return { status: 200, body: JSON.stringify({ Configuration: { FunctionName: name, Environment } }) }
  }
}

const xml = (content: string, action: string): Answer => ({
  status: 200,
  body: `<${action}Response><${action}Result>${content}</${action}Result></${action}Response>`,
})

/** In the XML of a query, and in that of S3. */
const failure = (code: string, message = 'as AWS says'): Answer => {
  const error = `<Code>${code}</Code><Message>${message}</Message>`
  return { status: code === 'NoSuchKey' ? 404 : 403, body: `<Error>${error}<Error>${error}</Error></Error>` }
}

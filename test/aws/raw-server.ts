import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { vi } from 'vitest'

/** What the server does about a request. */
export type Answer =
  | { readonly status: number; readonly body: string }
  /** Nothing at all, and the connection stays open. */
  | 'silence'
  /** The connection breaks without an answer. */
  | 'reset'
  /** The answer begins, and never ends. */
  | 'stall'

/** What the SDK sent. */
interface RawRequest {
  /** The service and the call, where the protocol is JSON. */
  readonly target: string | undefined
  /** Parsed, where the protocol is JSON. */
  readonly body: unknown
}

/** A server on this machine that answers the SDK as it is told, and as no account would: oddly, late or never. */
export class RawServer {
  /** What is still to be answered; the last answer holds for all later requests. */
  answers: Answer[] = []
  /** In their order. */
  readonly requests: RawRequest[] = []
  connections = 0
  readonly #server: Server

  constructor() {
    this.#server = createServer(async (request, response) => {
      const body = await text(request)
      const target = request.headers['x-amz-target']
      this.requests.push(typeof target === 'string' ? { target, body: JSON.parse(body) } : { target: undefined, body })
      this.#answer(response)
    }).on('connection', () => {
      this.connections += 1
    })
  }

  /** From here on, all clients that are made call this server. */
  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
    return this
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** Resolves once so many requests have arrived, by the clock of the event loop and not of timers. */
  async received(count: number): Promise<void> {
    while (this.requests.length < count) await new Promise(setImmediate)
  }

  #answer(response: ServerResponse): void {
    const answer = this.answers.length > 1 ? this.answers.shift() : this.answers[0]
    if (answer === undefined) throw new Error('the test gave no answer')
    if (answer === 'silence') return
    if (answer === 'reset') response.destroy()
    else if (answer === 'stall') response.writeHead(200, { 'content-length': '1000' }).write('<')
    else response.writeHead(answer.status).end(answer.body)
  }
}

/** A failure as IAM words it. */
export const failure = (status: number, code: string, message = 'as IAM says'): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
})

/** A success of IAM, with this XML inside. */
export const success = (call: string, xml: string): Answer => ({
  status: 200,
  body: `<${call}Response><${call}Result>${xml}</${call}Result></${call}Response>`,
})

/** An answer of a service whose protocol is JSON. */
export const ok = (body: object): Answer => json(200, body)
export const json = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) })

const ARN = 'arn:aws:iam::111122223333:role/'
export const roleXml = (name: string, document = '%7B%7D') =>
  `<RoleName>${name}</RoleName><Path>/</Path><Arn>${ARN}${name}</Arn><AssumeRolePolicyDocument>${document}</AssumeRolePolicyDocument>`

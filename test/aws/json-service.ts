import { createServer, type Server } from 'node:http'
import { vi } from 'vitest'

/** A server that stands for a service of AWS with a JSON protocol; the SDK's clients turn to it while it runs. */
export class JsonService {
  /** The operation and the body of each request, in their order. */
  readonly requests: { readonly target: unknown; readonly body: unknown }[] = []
  /** What the next requests are answered with; once these are used up there is no answer, for ever. */
  answers: object[] = []
  readonly #server: Server

  constructor() {
    this.#server = createServer((request, response) => {
      const chunks: string[] = []
      request.on('data', (chunk) => chunks.push(String(chunk)))
      request.on('end', () => {
        this.requests.push({ target: request.headers['x-amz-target'], body: JSON.parse(chunks.join('')) })
        const answer = this.answers.shift()
        if (answer !== undefined) response.end(JSON.stringify(answer))
      })
    })
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`)
    vi.stubEnv('AWS_REGION', 'us-east-1')
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  }

  stop(): void {
    vi.unstubAllEnvs()
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import * as z from 'zod/mini'
import type { Account } from './account.ts'
import type { AnyCall } from './api-calls.ts'
import { readCall, renderAnswer, renderError } from './protocols.ts'

export interface AccountServer {
  readonly url: string
  /** The ids of the keys that signed what was asked. */
  readonly accessKeys: ReadonlySet<string>
  close(): void
}

/** An error that the SDK raises; without a status where AWS did not answer. */
const SdkError = z.object({
  name: z.string(),
  message: z.string(),
  $metadata: z.object({ httpStatusCode: z.optional(z.number()) }),
})

/** Serves an account to the SDK's clients, for programs in processes of their own. */
export function serveAccount(account: Account): Promise<AccountServer> {
  return serveCalls((call) => account.answer(call))
}

/**
 * Answers calls over HTTP, at a port of this machine. A fault that is an answer of AWS is sent as one, and any other breaks
 * the connection.
 *
 * @param answer given the id of the key that signed the call, too
 */
export async function serveCalls(
  answer: (call: AnyCall, accessKey: string) => Promise<object>,
): Promise<AccountServer> {
  const accessKeys = new Set<string>()
  const server = createServer(async (request, response) => {
    const accessKey = /Credential=(\w+)/.exec(request.headers.authorization ?? '')?.[1] ?? ''
    accessKeys.add(accessKey)
    const target = request.headers['x-amz-target']
    const body = await text(request)
    const { format, ...call } = readCall(request.url ?? '', typeof target === 'string' ? target : undefined, body)
    try {
      const { headers, body } = renderAnswer(call.name, await answer(call, accessKey), format)
      response.writeHead(200, headers).end(body)
    } catch (error) {
      const { success, data: fault } = SdkError.safeParse(error)
      if (!success) throw error
      const { httpStatusCode: status } = fault.$metadata
      if (status === undefined) {
        response.destroy()
      } else {
        const { headers, body } = renderError(fault, format)
        response.writeHead(status, headers).end(body)
      }
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    accessKeys,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** The headers of a request inside the SDK's middleware, where its type is not known; changing them changes it. */
export function headersOf(request: unknown): Record<string, string> {
  if (hasHeaders(request)) return request.headers
  throw new Error('The SDK has built no HTTP request yet')
}

function hasHeaders(request: unknown): request is { headers: Record<string, string> } {
  return typeof request === 'object' && request !== null && 'headers' in request && typeof request.headers === 'object'
}

import { StandardRetryStrategy } from '@smithy/core/retry'

/** Attempts of one call in all, the first included. */
export const MAX_ATTEMPTS = 5

/**
 * How calls of IAM are retried: throttling, 5xx and network faults, with exponential backoff and full jitter (the SDK's
 * standard mode). The SDK takes IAM's LimitExceeded for throttling, though it says that a quota is met: no
 * later attempt can succeed, so that one is final.
 */
export class IamRetryStrategy extends StandardRetryStrategy {
  constructor() {
    super({ maxAttempts: MAX_ATTEMPTS })
  }

  override refreshRetryTokenForRetry(
    ...[token, failure]: Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>
  ) {
    const isQuota = failure.error instanceof Error && failure.error.name.startsWith('LimitExceeded')
    return super.refreshRetryTokenForRetry(token, isQuota ? { ...failure, errorType: 'CLIENT_ERROR' } : failure)
  }
}

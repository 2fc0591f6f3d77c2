import { StandardRetryStrategy } from '@smithy/core/retry'

/**
 * How the clients retry: throttling, 5xx and network faults, up to 5 attempts, with exponential backoff and full jitter
 * (the SDK's standard mode). The SDK takes IAM's LimitExceeded for throttling, though it says that a quota is met: no
 * later attempt can succeed, so that one is final.
 */
export class IamRetryStrategy extends StandardRetryStrategy {
  constructor() {
    super({ maxAttempts: 5 })
  }

  override refreshRetryTokenForRetry(
    ...[token, failure]: Parameters<StandardRetryStrategy['refreshRetryTokenForRetry']>
  ) {
    const isQuota = failure.error instanceof Error && failure.error.name.startsWith('LimitExceeded')
    return super.refreshRetryTokenForRetry(token, isQuota ? { ...failure, errorType: 'CLIENT_ERROR' } : failure)
  }
}

/**
 * Stands in for the SDK's own search for credentials in the bundles (serverless.yml, `alias`). Lambda puts them into
 * the environment, and `invoke local` does so too. The other places to look, which no function has, would be a fifth of
 * a bundle, to be loaded at each cold start.
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'

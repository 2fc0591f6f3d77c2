import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/moto/**/*.test.ts'],
    globalSetup: ['test/moto/start-moto.ts'],
    // moto loads a service at the first call for it, and a machine may be busy.
    testTimeout: 60_000,
    env: {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
})

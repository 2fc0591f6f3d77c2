import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a browser or Python, and run by scripts of their own.
    exclude: ['test/browser/**', 'test/moto/**', 'test/e2e/**'],
    // Some look at thousands of documents, and a machine may be busy: how fast things are is for the bench to say.
    testTimeout: 60_000,
    restoreMocks: true,
    unstubEnvs: true,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts', 'handlers/**/*.ts', 'cli/**/*.ts'],
      reporter: ['text-summary'],
      // The engine decides who may enter: no branch of it goes untested.
      thresholds: { 'src/trust-policy/**/*.ts': { branches: 100, functions: 100, lines: 100, statements: 100 } },
    },
  },
})

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['{apps,packages,services,suites,examples}/**/*.test.{ts,tsx}'],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    // Two cores: more workers only make PostgreSQL and the tests wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, as it would be, is not much on a machine that does other things. What comes at once is not waited for longer.
    expect: { poll: { timeout: 30_000 } },
  },
});

export default config;

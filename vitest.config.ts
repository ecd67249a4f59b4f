import { defineConfig, type ViteUserConfig } from 'vitest/config';

const TESTS = '{apps,packages,services,suites,examples}/**';
const OF_SERVERS = `${TESTS}/*.{pg,e2e}.test.ts`;

const config: ViteUserConfig = defineConfig({
  test: {
    // Two cores: more workers only make PostgreSQL and the tests wait for each other.
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A second, as it would be, is not much on a machine that does other things. What comes at once is not waited for longer.
    expect: { poll: { timeout: 30_000 } },
    projects: [
      // What needs no server keeps nothing from one file to the next, so its modules are loaded once per worker.
      {
        extends: true,
        test: {
          name: 'pure',
          include: [`${TESTS}/*.test.{ts,tsx}`],
          exclude: [OF_SERVERS, '**/node_modules/**'],
          isolate: false,
        },
      },
      {
        extends: true,
        test: { name: 'servers', globalSetup: ['packages/testing/src/global-setup.ts'], include: [OF_SERVERS] },
      },
    ],
  },
});

export default config;

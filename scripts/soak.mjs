// Runs one named proof at its full length. The same files run short, with fixed seeds, in `npm test`.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PROOFS = {
  crash: {
    files: ['apps/server/src/crash.e2e.test.ts', 'packages/postgres/src/embedded/crash.pg.test.ts'],
    says: 'kill -9 of server or postmaster under 500 writers, 20 rounds: nothing acknowledged is lost',
  },
  schema: {
    files: ['services/data/src/large-schema.pg.test.ts'],
    says: '2,000 tables of 20 columns with 3,000 foreign keys answer their first request within 1.5 s',
  },
  differential: {
    files: ['services/data/src/differential.pg.test.ts'],
    says: 'random REST requests answer what the same query answers in SQL under SET ROLE',
  },
  graphql: {
    files: ['services/data/src/graphql/graphql-differential.pg.test.ts'],
    says: 'random GraphQL operations answer what the same query answers in SQL under SET ROLE',
  },
};
/** One proof may take hours; a hung one must still end. */
const TEST_TIMEOUT_MS = 4 * 3600 * 1000;

const [name] = process.argv.slice(2);
const proof = Object.hasOwn(PROOFS, name ?? '') ? PROOFS[name] : undefined;
if (proof === undefined) {
  const list = Object.entries(PROOFS).map(([key, { says }]) => `  ${key.padEnd(14)} ${says}`);
  process.stderr.write(`Usage: npm run soak -- <name>\n\n${list.join('\n')}\n`);
  process.exit(2);
}

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const child = spawn(
  process.execPath,
  [vitest, 'run', `--testTimeout=${TEST_TIMEOUT_MS}`, '--no-file-parallelism', ...proof.files],
  {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ASHLAR_SOAK: name },
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => (process.exitCode = code ?? 1));

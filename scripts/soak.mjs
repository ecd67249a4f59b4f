// Runs one named proof at its full length. The same files run short, with fixed seeds, in `npm test`.
import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PROOFS = {
  crash: {
    files: ['apps/server/src/crash.e2e.test.ts', 'packages/postgres/src/embedded/crash.pg.test.ts'],
    says: 'kill -9 of server or postmaster under 500 writers, 20 rounds: nothing acknowledged is lost',
  },
  stream: {
    files: [
      'packages/postgres/src/events/crash.pg.test.ts',
      'packages/postgres/src/events/slot-loss.pg.test.ts',
      'packages/postgres/src/stream/large-transaction.pg.test.ts',
    ],
    says: 'kill -9 of reader or PostgreSQL under 16 emitters, 40 rounds: every committed event takes effect once, in order',
  },
  'stream-faults': {
    files: [
      'apps/server/src/process/stream-faults.e2e.test.ts',
      'apps/server/src/process/event-processes.e2e.test.ts',
      'apps/server/src/process/event-wiring.e2e.test.ts',
    ],
    says: 'kill -9 of two processes, PostgreSQL and NATS, 20 rounds: every committed event reaches every consumer and subscriber, no other does',
  },
  jobs: {
    files: ['services/scheduler/src/crash.pg.test.ts'],
    says: 'kill -9 of workers every 5 s under 20,000 jobs: none lost, none of what was rolled back, no step done anew',
  },
  files: {
    files: ['apps/server/src/storage-crash.e2e.test.ts', 'apps/server/src/storage-s3-crash.e2e.test.ts'],
    says: 'kill -9 under 200 uploads and 12 in parts, 20 rounds each: no row without its file, no part of a file, no orphan after a sweep',
  },
  mails: {
    files: ['apps/server/src/notifications-crash.e2e.test.ts'],
    says: 'kill -9 while 20,000 mails are sent, 20 rounds: none lost, none of a transaction undone, repeats with the same Message-ID',
  },
  'realtime-leaks': {
    files: [
      'services/realtime/src/table-changes/leaks.pg.test.ts',
      'services/realtime/src/channel-leaks.pg.test.ts',
      'services/realtime/src/table-changes/poison.pg.test.ts',
    ],
    says: '2,000 random batches of changes reach each subscriber exactly as far as plain SQL shows them the rows',
  },
  webhooks: {
    files: ['services/webhooks/src/deliveries-under-fire.pg.test.ts'],
    says: '20,000 events to receivers of every bad manner while workers are killed: all arrive, in order where asked',
  },
  'large-files': {
    files: ['apps/server/src/large-files.e2e.test.ts'],
    says: 'files of 5 GiB come in and go out, signed and in parts too, in 64 MiB of memory',
  },
  projects: {
    files: ['apps/server/src/projects-crash.e2e.test.ts'],
    says: 'kill -9 while projects are made, copied and removed, 40 rounds: no half project, and a copied one goes on',
  },
  'projects-budget': {
    files: ['apps/server/src/projects-budget.e2e.test.ts'],
    says: '50 projects in use at once stay within 200 connections and 64 slots, and at rest hold none',
  },
  'inventory-model': {
    files: ['suites/inventory/src/inventory-model.pg.test.ts'],
    says: '5,000 random sequences of stock commands, repeated, cut off and at once: stock is what the accepted ones made of it',
  },
  'inventory-oversell': {
    files: ['suites/inventory/src/oversell.pg.test.ts'],
    says: '200 buyers at once for the last 10, 100 rounds: exactly 10 get one',
  },
  'inventory-crash': {
    files: ['suites/inventory/src/inventory-crash.pg.test.ts'],
    says: 'kill -9 at every statement of the commands that move stock: ledger and balances stay equal, nothing is half done',
  },
  'demo-shop': {
    files: ['apps/server/src/demo-shop.pg.test.ts'],
    says: 'the whole demonstration shop, cut off twice and filled again, is the one that was filled at once',
  },
  sagas: {
    files: ['packages/handlers/src/saga/saga-crash.pg.test.ts'],
    says: 'kill -9 of two processes at a time, 40 rounds, under 200 sagas: each ends finished or undone, each step done once',
  },
  'billing-model': {
    files: ['suites/billing/src/billing-model.pg.test.ts'],
    says: '2,000 random sequences of invoices and payments, repeated, cut off and at once: the books balance and say what is owed',
  },
  'order-model': {
    files: ['apps/server/src/order-model.pg.test.ts'],
    says: '2,000 random sequences of orders, payments, parcels and returns, cut off, repeated, at once and heard in any order: all agree',
  },
  'order-crash': {
    files: ['apps/server/src/order-crash.e2e.test.ts'],
    says: 'kill -9 of server or postmaster at every step of 200 orders of all policies: each ends finished or undone, money, stock and books agree',
  },
  'coupon-race': {
    files: ['apps/server/src/orders-promotions.pg.test.ts'],
    says: '200 orders placed at once with a coupon that is good for 73: exactly 73 have it',
  },
  'product-model': {
    files: ['suites/product/src/product-model.pg.test.ts'],
    says: '2,000 random sequences of catalogue commands, one by one and at once: no rule of the catalogue is ever broken',
  },
  schema: {
    files: ['services/data/src/large-schema.pg.test.ts'],
    says: '2,000 tables of 20 columns with 3,000 foreign keys answer their first request within 1.5 s',
  },
  differential: {
    files: [
      'services/data/src/differential.pg.test.ts',
      'services/data/src/graphql/graphql-differential.pg.test.ts',
      'services/data/src/transactions-differential.pg.test.ts',
    ],
    says: '12,000 random REST requests, 6,000 GraphQL operations and 2,000 transactions do what SQL does under SET ROLE',
  },
  'sign-in-timing': {
    files: ['services/identity/src/sign-in-timing.pg.test.ts'],
    says: '2,000 sign-ins of each kind: the time of an answer does not tell whether an account exists',
  },
  policies: {
    files: ['services/identity/src/organisations-in-policies.pg.test.ts'],
    says: 'policies that ask for permissions cost a million rows next to nothing',
  },
  visibility: {
    files: ['services/control/src/visibility/explain-row.pg.test.ts'],
    says: '4,400 explanations of who may do what to a row agree with what SQL then does',
  },
  previews: {
    files: ['services/control/src/meta/preview-change.pg.test.ts'],
    says: '2,000 random changes of a structure do what their previews say: locks, rewrites, objects, data',
  },
  graphql: {
    files: ['services/data/src/graphql/graphql-differential.pg.test.ts'],
    says: 'the GraphQL part of it, with 20,000 operations',
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

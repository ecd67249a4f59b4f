import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { benchUser } from './load/bench-user.ts';
import type { LoadRequest } from './load/http-load.ts';
import { scenarios } from './load/scenario.ts';
import { describeCatalogue, judgeCatalogue, measureCatalogue } from './catalogue/measure-catalogue.ts';
import { describeDocuments, judgeDocuments, measureDocuments } from './documents/measure-documents.ts';
import { measureBulkInsert } from './measure/bulk-insert.ts';
import { compareScenario, requestsOf, type Comparison } from './measure/compare-scenario.ts';
import { cpuPerRequest, type CpuPerRequest } from './measure/cpu.ts';
import { measureFileCosts } from './measure/file-costs.ts';
import { measureFiles } from './measure/files.ts';
import { measureGraphql } from './measure/graphql.ts';
import { measureEventDelivery } from './measure/event-delivery.ts';
import { measureJobs } from './measure/jobs.ts';
import { measureLogStream } from './measure/log-stream.ts';
import { measureMails } from './measure/mails.ts';
import { processTreeMemory } from './measure/memory.ts';
import { measureRefresh } from './measure/refresh.ts';
import { measureRevocation } from './measure/revocation.ts';
import { measureOverload } from './measure/overload.ts';
import { measureRowSecurity } from './measure/row-security.ts';
import { measureSignIn } from './measure/sign-in.ts';
import { freshStart, warmStart } from './measure/startup.ts';
import { measureWebhooks } from './measure/webhooks.ts';
import { type Instance, startInstance } from './instance/instance.ts';
import { measureRealtime } from './realtime/measure-realtime.ts';
import { readOptions, USAGE, type BenchOptions } from './options.ts';
import { describeOrders, judgeOrders, measureOrders } from './orders/measure-orders.ts';
import { describeFiles, judge, judgeFiles, writeReport, writeVerdicts, type Findings } from './report.ts';
import { describeStock, judgeStock, measureStock } from './stock/measure-stock.ts';
import { describeStudio, judgeStudio, measureStudio } from './studio/measure-studio.ts';
import { startDriver } from './rivals/driver-process.ts';
import { startPostgrest } from './rivals/start-postgrest.ts';

const SCHEMA = new URL('instance/bench-schema.sql', import.meta.url);
const USERS = 10;
/** After this long without a request a server counts as idle. */
const IDLE_MS = 30_000;

const chosen = readOptions(process.argv.slice(2));
if (chosen === 'help') process.stdout.write(USAGE);
else if (chosen.isOnlyFiles) await benchFiles(chosen);
else if (chosen.isOnlyCatalogue) await benchCatalogue(chosen);
else if (chosen.isOnlyStock) await benchStock(chosen);
else if (chosen.isOnlyOrders) await benchOrders(chosen);
else if (chosen.isOnlyDocuments) await benchDocuments(chosen);
else if (chosen.isOnlyStudio) await benchStudio(chosen);
else await bench(chosen);

async function bench(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'));
  const dataDir = join(folder, 'data');
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));

  say('starting on an empty folder');
  const fresh = await freshStart({ dataDir, logLevel: options.logLevel });
  await fresh.instance.stop();
  say('starting again');
  const warm = await warmStart({ dataDir, logLevel: options.logLevel });
  const { instance } = warm;
  closing.defer(() => instance.stop());
  await sleep(IDLE_MS);
  const idle = await processTreeMemory(instance.pid);

  say('loading 100,000 rows');
  await loadRows(instance);
  const postgrest = await startPostgrest(instance, join(folder, 'postgrest.log'));
  closing.defer(() => postgrest.stop());
  const driver = closing.adopt(startDriver('pipelined-driver.ts'), (child) => child.stop());
  const pool = closing.adopt(startDriver('pool-transactions.ts'), (child) => child.stop());

  const users = Array.from({ length: USERS }, (_, remainder) => benchUser(remainder, instance.keys.keys.jwtSecret));
  const comparisons: Comparison[] = [];
  const cpu: CpuPerRequest[] = [];
  for (const scenario of scenarios) {
    say(scenario.title);
    const contenders = { instance, postgrest, driver, pool };
    comparisons.push(await compareScenario(scenario, users, contenders, options, join(folder, 'bare.log')));
    cpu.push(await cpuPerRequest(instance, prefixed(requestsOf(scenario, users, instance.keys.keys.anonKey)), options));
  }
  say('GraphQL');
  const graphql = await measureGraphql(instance, options);
  say('row-level security');
  const rowSecurity = await measureRowSecurity(instance, options);
  say('bulk insert');
  const bulkInsert = await measureBulkInsert(instance, driver, options);
  say('sign-in');
  const signIn = await measureSignIn(instance, options);
  say('refresh');
  const refresh = await measureRefresh(instance, options);
  say('revocation');
  const revokedP95Ms = await measureRevocation(instance);
  say('files');
  const files = await measureFiles(instance, folder, options);
  const afterLoad = await processTreeMemory(instance.pid);
  say('overload');
  const [read] = scenarios;
  const overload = await measureOverload(
    instance,
    prefixed(requestsOf(read, users, instance.keys.keys.anonKey)),
    options,
  );
  say('realtime');
  const realtime = await measureRealtime(instance, options);
  say('log stream');
  const logStream = await measureLogStream();
  say('event delivery');
  const eventsPerSecond = await measureEventDelivery();
  say('mails');
  const mails = await measureMails(options);
  say('jobs');
  const jobs = await measureJobs();
  say('webhooks');
  const webhooks = await measureWebhooks({ dataDir: join(folder, 'webhooks'), logLevel: options.logLevel });
  say('stock');
  const stock = await measureStock({ dataDir: join(folder, 'stock'), logLevel: options.logLevel }, options);

  say('catalogue');
  const catalogue = await measureCatalogue({ dataDir: join(folder, 'catalogue'), logLevel: options.logLevel }, options);

  say('orders');
  const orders = await measureOrders({ dataDir: join(folder, 'orders'), logLevel: options.logLevel }, options);

  const { milliseconds: freshStartMs } = fresh;
  const findings: Findings = {
    freshStartMs,
    warmStartMs: warm.milliseconds,
    idle,
    afterLoad,
    comparisons,
    cpu,
    graphql,
    rowSecurity,
    bulkInsert,
    signIn,
    refresh,
    revokedP95Ms,
    files,
    overload,
    logStream,
    eventsPerSecond,
    mails,
    realtime,
    jobs,
    webhooks,
    catalogue,
    stock,
    orders,
  };
  process.stdout.write(`\n${writeReport(findings)}`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, toJson(findings, options));
}

async function benchFiles(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const instance = await startInstance({ dataDir: join(folder, 'data'), logLevel: options.logLevel });
  closing.defer(() => instance.stop());
  await loadRows(instance);
  const files = await measureFiles(instance, folder, options);
  for (const [what, cost] of Object.entries(await measureFileCosts(instance, folder, options))) {
    process.stdout.write(`${what.padEnd(24)}${describeCost(cost)}\n`);
  }
  process.stdout.write(`\n${describeFiles(files)}\n\n${writeVerdicts(judgeFiles(files))}\n`);
}

async function benchCatalogue(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const catalogue = await measureCatalogue({ dataDir: join(folder, 'data'), logLevel: options.logLevel }, options);
  process.stdout.write(`\n${describeCatalogue(catalogue)}\n\n${writeVerdicts(judgeCatalogue(catalogue))}\n`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(catalogue, null, 2)}\n`);
}

async function benchStock(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const stock = await measureStock({ dataDir: join(folder, 'data'), logLevel: options.logLevel }, options);
  process.stdout.write(`\n${describeStock(stock)}\n\n${writeVerdicts(judgeStock(stock))}\n`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(stock, null, 2)}\n`);
}

async function benchOrders(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const orders = await measureOrders({ dataDir: join(folder, 'data'), logLevel: options.logLevel }, options);
  process.stdout.write(`\n${describeOrders(orders)}\n\n${writeVerdicts(judgeOrders(orders))}\n`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(orders, null, 2)}\n`);
}

async function benchDocuments(options: BenchOptions): Promise<void> {
  const figures = await measureDocuments(options);
  process.stdout.write(`\n${describeDocuments(figures)}\n\n${writeVerdicts(judgeDocuments(figures))}\n`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(figures, null, 2)}\n`);
}

async function benchStudio(options: BenchOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-bench-'));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rm(folder, { recursive: true, force: true }));
  const studio = await measureStudio({ dataDir: join(folder, 'data'), logLevel: options.logLevel }, options);
  process.stdout.write(`\n${describeStudio(studio)}\n\n${writeVerdicts(judgeStudio(studio))}\n`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, `${JSON.stringify(studio, null, 2)}\n`);
}

function describeCost({ server, postgres, load }: CpuPerRequest): string {
  return `server ${server.toFixed(0)}, PostgreSQL ${postgres.toFixed(0)}, load ${load.toFixed(0)} µs of CPU`;
}

function prefixed(requests: readonly LoadRequest[]): readonly LoadRequest[] {
  return requests.map((request) => ({ ...request, path: `/rest/v1${request.path}` }));
}

async function loadRows(instance: Instance): Promise<void> {
  const client = new Client(instance.login('owner'));
  await client.connect();
  await client.query(await readFile(SCHEMA, 'utf8'));
  await client.end();
}

function toJson(findings: Findings, options: BenchOptions): string {
  const comparisons = findings.comparisons.map(({ scenario, ...figures }) => ({ scenario: scenario.name, ...figures }));
  return `${JSON.stringify({ at: new Date().toISOString(), options, ...findings, comparisons, verdicts: judge(findings) }, null, 2)}\n`;
}

function say(step: string): void {
  process.stderr.write(`bench: ${step} …\n`);
}

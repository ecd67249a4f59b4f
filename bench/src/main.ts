import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { benchUser } from './load/bench-user.ts';
import { scenarios } from './load/scenario.ts';
import { compareScenario, type Comparison } from './measure/compare-scenario.ts';
import { processTreeMemory } from './measure/memory.ts';
import { measureSignIn } from './measure/sign-in.ts';
import { freshStart, warmStart } from './measure/startup.ts';
import type { Instance } from './instance/instance.ts';
import { readOptions, USAGE, type BenchOptions } from './options.ts';
import { judge, writeReport, type Findings } from './report.ts';
import { startDriver } from './rivals/driver-process.ts';
import { startPostgrest } from './rivals/start-postgrest.ts';

const SCHEMA = new URL('instance/bench-schema.sql', import.meta.url);
const USERS = 10;
/** After this long without a request a server counts as idle. */
const IDLE_MS = 5_000;

const chosen = readOptions(process.argv.slice(2));
if (chosen === 'help') process.stdout.write(USAGE);
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
  for (const scenario of scenarios) {
    say(scenario.title);
    const contenders = { instance, postgrest, driver, pool };
    comparisons.push(await compareScenario(scenario, users, contenders, options, join(folder, 'bare.log')));
  }
  say('sign-in');
  const signIn = await measureSignIn(instance, options);
  const afterLoad = await processTreeMemory(instance.pid);

  const { milliseconds: freshStartMs } = fresh;
  const findings = { freshStartMs, warmStartMs: warm.milliseconds, idle, afterLoad, comparisons, signIn };
  process.stdout.write(`\n${writeReport(findings)}`);
  if (options.jsonFile !== null) await writeFile(options.jsonFile, toJson(findings, options));
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

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '@ashlar/telemetry';
import { Client } from 'pg';
import { afterAll, afterEach, expect, test } from 'vitest';
import { withAdmin } from '../cluster/admin-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { instanceInChild, killHard } from './fixtures/instance-in-child.ts';
import { type EmbeddedCluster, type EmbeddedClusterOptions, openEmbeddedCluster } from './open-embedded-cluster.ts';
import { processCommand } from './process-identity.ts';

/** What the platform promises after `kill -9` of any process. */
const BACK_IN_SERVICE_MS = 5_000;
const isRoot = process.getuid?.() === 0;
const UNPRIVILEGED_ID = 65534;

const folders: string[] = [];
const clusters: EmbeddedCluster[] = [];
const mounts: string[] = [];

afterEach(async () => {
  await Promise.all(clusters.splice(0).map((cluster) => cluster.close()));
  for (const mount of mounts.splice(0)) spawnSync('umount', ['-l', mount]);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('an empty folder becomes a server, and an existing one keeps its data', async () => {
  const dataDir = newFolder();
  const first = await open({ dataDir });
  await run(first, 'CREATE TABLE public.kept AS SELECT 42 AS answer');
  await first.close();
  const second = await open({ dataDir });
  expect(await run(second, 'SELECT answer FROM public.kept')).toEqual([{ answer: 42 }]);
});

test('an initialisation that was interrupted starts over', async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'postgres.new'));
  writeFileSync(join(dataDir, 'postgres.new', 'PG_VERSION'), '18\n');
  const cluster = await open({ dataDir });
  expect(await run(cluster, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a killed postmaster is back within five seconds, even with a busy backend left behind', async () => {
  const dataDir = await initialisedFolder();
  const seen: Observation[] = [];
  const cluster = await open({ dataDir, observe: (observation) => seen.push(observation) });
  await run(cluster, 'CREATE TABLE public.kept AS SELECT 42 AS answer');
  const busy = new Client(cluster.admin('postgres'));
  busy.on('error', () => undefined);
  await busy.connect();
  const endless = busy.query('SELECT count(*) FROM generate_series(1, 1e12::bigint)').catch(() => undefined);
  const startedAt = performance.now();
  process.kill(cluster.pid() ?? 0, 'SIGKILL');
  await until(() => cluster.pid() === undefined);
  await cluster.ready();
  expect(await run(cluster, 'SELECT answer FROM public.kept')).toEqual([{ answer: 42 }]);
  expect(performance.now() - startedAt).toBeLessThan(BACK_IN_SERVICE_MS);
  expect(seen.map((observation) => observation.kind)).toContain('postgres.exited');
  await endless;
});

test('a server does not outlive its killed platform, and the next start has every acknowledged row', async () => {
  const dataDir = await initialisedFolder();
  const child = await instanceInChild(dataDir);
  await withAdmin(admin(child.address), (client) => client.query('CREATE TABLE public.kept AS SELECT 42 AS answer'));
  await killHard(child.process);
  await until(() => processCommand(child.postmasterPid) === undefined);
  const startedAt = performance.now();
  const cluster = await open({ dataDir });
  expect(await run(cluster, 'SELECT answer FROM public.kept')).toEqual([{ answer: 42 }]);
  expect(performance.now() - startedAt).toBeLessThan(BACK_IN_SERVICE_MS);
});

test('a server still running from a killed platform is stopped before ours starts', async () => {
  const dataDir = await initialisedFolder();
  const child = await instanceInChild(dataDir);
  const startedAt = performance.now();
  await killHard(child.process);
  const cluster = await open({ dataDir });
  expect(performance.now() - startedAt).toBeLessThan(BACK_IN_SERVICE_MS);
  expect(cluster.pid()).not.toBe(child.postmasterPid);
  expect(processCommand(child.postmasterPid)).toBeUndefined();
});

test('platform and postmaster killed together leave nothing that a start does not mend', async () => {
  const dataDir = await initialisedFolder();
  const child = await instanceInChild(dataDir);
  process.kill(child.postmasterPid, 'SIGKILL');
  await killHard(child.process);
  const startedAt = performance.now();
  const cluster = await open({ dataDir });
  expect(performance.now() - startedAt).toBeLessThan(BACK_IN_SERVICE_MS);
  expect(await run(cluster, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a stale pid file is no obstacle when another process of the same user lives under its pid', async () => {
  const dataDir = await initialisedFolder();
  const child = await instanceInChild(dataDir);
  const pidFile = join(dataDir, 'postgres', 'postmaster.pid');
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  process.kill(child.postmasterPid, 'SIGKILL');
  await killHard(child.process);
  const { uid, gid } = statSync(join(dataDir, 'postgres'));
  const stranger = spawn('sleep', ['60'], isRoot ? { uid, gid } : {});
  await once(stranger, 'spawn');
  writeFileSync(pidFile, [String(stranger.pid), ...lines.slice(1)].join('\n'));
  const cluster = await open({ dataDir });
  expect(await run(cluster, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
});

test('data of another major version is refused and not touched', async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'postgres'));
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '14\n');
  await expect(open({ dataDir })).rejects.toMatchObject({
    code: 'postgres.version_unsupported',
    params: { found: '14', wanted: '18' },
  });
  expect(readFileSync(join(dataDir, 'postgres', 'PG_VERSION'), 'utf8')).toBe('14\n');
});

test('a folder with files that are no data is refused and not touched', async () => {
  const dataDir = newFolder();
  mkdirSync(join(dataDir, 'postgres'));
  writeFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'years of work');
  await expect(open({ dataDir })).rejects.toMatchObject({ code: 'postgres.folder_foreign' });
  expect(readFileSync(join(dataDir, 'postgres', 'thesis.txt'), 'utf8')).toBe('years of work');
});

test('a second instance on the same folder is told the pid of the first, which goes on serving', async () => {
  const dataDir = await initialisedFolder();
  const first = await open({ dataDir });
  await expect(instanceInChild(dataDir)).rejects.toThrow(
    `The folder ${dataDir} is in use by another Ashlar, process ${process.pid}`,
  );
  await expect(open({ dataDir })).rejects.toMatchObject({ code: 'postgres.folder_in_use' });
  expect(await run(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

test('a taken port is left to its holder and a free one is used', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  const address = holder.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cluster = await open({ dataDir: await initialisedFolder(), port });
  expect(cluster.port).not.toBe(port);
  const client = new Client({ ...cluster.admin('postgres'), host: '127.0.0.1' });
  await client.connect();
  await client.end();
  holder.close();
});

test('a path that is no folder is refused in one sentence', async () => {
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  await expect(open({ dataDir: file })).rejects.toMatchObject({ code: 'postgres.folder_forbidden' });
});

test('a folder without rights is refused in one sentence', async () => {
  const dataDir = newFolder();
  chmodSync(dataDir, 0o500);
  const as = isRoot ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {};
  await expect(instanceInChild(dataDir, as)).rejects.toThrow(
    `Cannot use the folder ${dataDir} for PostgreSQL data: EACCES`,
  );
});

test.runIf(isRoot)('as root, server and data belong to an unprivileged user', async () => {
  const dataDir = newFolder();
  const cluster = await open({ dataDir });
  expect(statSync(join(dataDir, 'postgres')).uid).toBe(UNPRIVILEGED_ID);
  expect(readFileSync(`/proc/${cluster.pid()}/status`, 'utf8')).toMatch(/^Uid:\s+65534\s+65534/m);
});

test.runIf(isRoot)('as root in a folder only root can enter, the server runs without any capability', async () => {
  const parent = newFolder();
  chmodSync(parent, 0o700);
  const dataDir = join(parent, 'instance');
  const cluster = await open({ dataDir });
  const status = readFileSync(`/proc/${cluster.pid()}/status`, 'utf8');
  expect(readlinkSync(`/proc/${cluster.pid()}/ns/user`)).not.toBe(readlinkSync('/proc/self/ns/user'));
  expect(status).toMatch(/^CapEff:\s+0+$/m);
});

test.runIf(canMount())('a disk too small for a new server is named, and nothing is left on it', async () => {
  const dataDir = smallDisk('20m');
  await expect(open({ dataDir })).rejects.toMatchObject({ code: 'postgres.disk_full' });
  expect(spawnSync('ls', [dataDir]).stdout.toString().trim()).toBe('run');
});

test.runIf(canMount())('a full disk is named at the start, and with some space the data is served again', async () => {
  const dataDir = smallDisk('200m');
  const first = await open({ dataDir });
  await run(first, 'CREATE TABLE public.kept AS SELECT 42 AS answer');
  await first.close();
  const ballast = join(dataDir, 'ballast');
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=4k']);
  await expect(open({ dataDir })).rejects.toMatchObject({ code: 'postgres.disk_full' });
  rmSync(ballast);
  const second = await open({ dataDir });
  expect(await run(second, 'SELECT answer FROM public.kept')).toEqual([{ answer: 42 }]);
});

let initialised: string | undefined;

/** A copy of a folder that was initialised once: what most tests are about happens after that. */
async function initialisedFolder(): Promise<string> {
  if (initialised === undefined) {
    initialised = mkdtempSync(join(tmpdir(), 'ashlar-start-'));
    chmodSync(initialised, 0o755);
    const cluster = await open({ dataDir: initialised });
    await cluster.close();
  }
  const folder = newFolder();
  spawnSync('cp', ['-a', `${initialised}/.`, folder]);
  return folder;
}

afterAll(() => {
  if (initialised !== undefined) rmSync(initialised, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-start-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

function canMount(): boolean {
  if (!isRoot || process.platform !== 'linux') return false;
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

function smallDisk(size: string): string {
  const folder = newFolder();
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', folder]);
  mounts.push(folder);
  return folder;
}

async function open(options: Partial<EmbeddedClusterOptions> & { readonly dataDir: string }): Promise<EmbeddedCluster> {
  const cluster = await openEmbeddedCluster({
    superuserPassword: 'superuser',
    platformPassword: 'platform',
    port: 0,
    observe: () => undefined,
    ...options,
  });
  clusters.push(cluster);
  return cluster;
}

function admin({ socketDir, port }: { readonly socketDir: string; readonly port: number }) {
  return { host: socketDir, port, database: 'postgres', user: 'supabase_admin', password: 'superuser' };
}

function run(cluster: Cluster, text: string): Promise<unknown[]> {
  return withAdmin(cluster.admin('postgres'), async (client) => (await client.query(text)).rows);
}

async function until(condition: () => boolean): Promise<void> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > BACK_IN_SERVICE_MS) throw new Error(`not within ${BACK_IN_SERVICE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

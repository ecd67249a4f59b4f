import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withAdmin } from '../cluster/admin-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { type EmbeddedCluster, openEmbeddedCluster } from '../embedded/open-embedded-cluster.ts';
import { backupInstance } from './backup-instance.ts';
import { restoreInstance } from './restore-instance.ts';

const WRITERS = 4;
const logins = {
  authenticator: { user: 'shop_authenticator', password: 'a' },
  owner: { user: 'shop_owner', password: 'o' },
};

let scratch: string;
let file: string;
let cluster: EmbeddedCluster;
/** Highest number each writer had acknowledged before the backup began, and when it was over. */
let before: readonly number[];
let after: readonly number[];

function open(dataDir: string): Promise<EmbeddedCluster> {
  return openEmbeddedCluster({
    dataDir,
    superuserPassword: 'superuser',
    platformPassword: 'platform',
    port: 0,
    observe: () => undefined,
  });
}

function run(server: Cluster, text: string): Promise<Record<string, unknown>[]> {
  return withAdmin(server.admin('project_shop'), async (client) => (await client.query(text)).rows);
}

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'ashlar-backup-'));
  chmodSync(scratch, 0o755);
  const dataDir = join(scratch, 'instance');
  file = join(scratch, 'instance.tar.gz');
  cluster = await open(dataDir);
  await cluster.ensureProject('shop', logins);
  await run(cluster, 'CREATE TABLE public.sale (writer int, number int, padding text, PRIMARY KEY (writer, number))');
  mkdirSync(join(dataDir, 'keys'), { mode: 0o700 });
  writeFileSync(join(dataDir, 'keys', 'shop.json'), '{"jwtSecret":"x"}', { mode: 0o600 });
  const deep = join(dataDir, 'files', 'a-folder-with-a-long-name'.repeat(4), 'and-another'.repeat(6));
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'ملف.txt'), 'content');

  const acknowledged = Array.from({ length: WRITERS }, () => 0);
  const stop = new AbortController();
  const writers = acknowledged.map(async (_, writer) => {
    const client = new Client(cluster.admin('project_shop'));
    await client.connect();
    for (let number = 1; !stop.signal.aborted; number += 1) {
      await client.query(`INSERT INTO public.sale VALUES ($1, $2, repeat('x', 2000))`, [writer, number]);
      acknowledged[writer] = number;
    }
    await client.end();
  });
  await delay(300);
  before = [...acknowledged];
  await backupInstance({ cluster, dataDir, file });
  after = [...acknowledged];
  await delay(100);
  stop.abort();
  await Promise.all(writers);
});

afterAll(async () => {
  await cluster.close();
  rmSync(scratch, { recursive: true, force: true });
});

test('a backup taken under writers comes back with every row acknowledged before it, and no gap', async () => {
  const dataDir = join(scratch, 'restored');
  const { manifest } = await restoreInstance({ file, dataDir });
  expect(manifest.postgres).toBe('18');
  const restored = await open(dataDir);
  try {
    const rows = await run(
      restored,
      'SELECT writer, count(*)::int AS count, max(number) AS highest FROM public.sale GROUP BY writer ORDER BY writer',
    );
    expect(rows).toHaveLength(WRITERS);
    for (const [writer, row] of rows.entries()) {
      expect(row).toMatchObject({ writer, count: row['highest'] });
      expect(row['highest']).toBeGreaterThanOrEqual(before[writer] ?? 0);
      // One more may have been on its way when we looked.
      expect(row['highest']).toBeLessThanOrEqual((after[writer] ?? 0) + 1);
    }
    await restored.ensureProject('shop', logins);
    expect(await run(restored, 'SELECT count(*)::int AS count FROM public.sale WHERE length(padding) <> 2000')).toEqual(
      [{ count: 0 }],
    );
  } finally {
    await restored.close();
  }
  expect(readFileSync(join(dataDir, 'keys', 'shop.json'), 'utf8')).toBe('{"jwtSecret":"x"}');
  expect(statSync(join(dataDir, 'keys', 'shop.json')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'keys')).mode & 0o777).toBe(0o700);
});

test('a backup is one file that its owner alone can read and every tar can list', () => {
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(scratch).filter((name) => name.includes('.partial'))).toEqual([]);
  const listing = spawnSync('tar', ['-tzf', file], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
  const names = listing.stdout.toString().split('\n');
  expect(listing.status).toBe(0);
  expect(names).toContain('postgres/backup_label');
  expect(names).toContain('keys/shop.json');
  expect(names.at(-2)).toBe('manifest.json');
  expect(names.some((name) => name.startsWith('run/'))).toBe(false);
});

test('a folder that is not empty is refused and left alone', async () => {
  const dataDir = join(scratch, 'occupied');
  mkdirSync(dataDir);
  writeFileSync(join(dataDir, 'thesis.txt'), 'years of work');
  await expect(restoreInstance({ file, dataDir })).rejects.toMatchObject({ code: 'backup.folder_not_empty' });
  expect(readdirSync(dataDir)).toEqual(['thesis.txt']);
});

test.each<[string, (whole: Buffer) => Buffer]>([
  ['cut short', (whole) => whole.subarray(0, Math.trunc(whole.length / 2))],
  ['no archive at all', () => Buffer.from('a letter to a friend')],
  ['changed in one byte of a file', (whole) => gzipSync(flipped(gunzipSync(whole)), { level: 1 })],
  ['without its manifest', (whole) => gzipSync(withoutManifest(gunzipSync(whole)), { level: 1 })],
])('a backup that is %s is refused, and the folder is empty again', async (_, spoil) => {
  const spoilt = join(scratch, 'spoilt');
  const dataDir = join(scratch, 'target');
  writeFileSync(spoilt, spoil(readFileSync(file)));
  await expect(restoreInstance({ file: spoilt, dataDir })).rejects.toMatchObject({ code: 'backup.damaged' });
  expect(readdirSync(dataDir)).toEqual([]);
});

test('an aborted backup leaves no file', async () => {
  const aborted = join(scratch, 'aborted.tar.gz');
  const signal = AbortSignal.timeout(20);
  await expect(
    backupInstance({ cluster, dataDir: join(scratch, 'instance'), file: aborted, signal }),
  ).rejects.toThrow();
  expect(readdirSync(scratch).filter((name) => name.startsWith('aborted'))).toEqual([]);
});

/** Changes a byte in the middle of the log, far from any header. */
function flipped(tar: Buffer): Buffer {
  const at = tar.lastIndexOf('postgres/pg_wal/0') + 512 + 4096;
  tar[at] = (tar[at] ?? 0) ^ 1;
  return tar;
}

function withoutManifest(tar: Buffer): Buffer {
  return Buffer.concat([tar.subarray(0, tar.lastIndexOf('manifest.json\0')), Buffer.alloc(1024)]);
}

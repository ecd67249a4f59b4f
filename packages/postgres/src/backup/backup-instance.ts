import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, readdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { must } from '@ashlar/kernel';
import type { Client } from 'pg';
import { withAdmin } from '../cluster/admin-connection.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { Archive } from './archive.ts';
import { backupErrors } from './backup-errors.ts';
import { dataFiles, otherFiles } from './instance-files.ts';
import { syncFolder } from './sync-folder.ts';

const LOG_SEGMENT = /^[0-9A-F]{24}$/;
const LOG_HISTORY = /^[0-9A-F]{8}\.history$/;

export interface BackupOptions {
  readonly cluster: Cluster;
  /** The instance's folder. */
  readonly dataDir: string;
  /** Where the backup is to be. It appears when it is whole, and replaces an older one then. */
  readonly file: string;
  readonly signal?: AbortSignal;
}

export interface BackupSummary {
  readonly file: string;
  readonly entries: number;
  /** Before compression, and as the file has it. */
  readonly contentBytes: number;
  readonly fileBytes: number;
  readonly durationMs: number;
}

/**
 * Copies a running instance into one file (tar, gzip, readable by its owner only): the server's data as of the end
 * of the copy, with the log that makes it consistent, and the instance's keys and files. Writers go on meanwhile.
 *
 * @throws `backup.embedded_only`, `backup.tablespaces` or `backup.log_gone`; what the file was before stays then.
 */
export async function backupInstance({ cluster, dataDir, file, signal }: BackupOptions): Promise<BackupSummary> {
  if (cluster.kind !== 'embedded') throw backupErrors.embeddedOnly();
  const startedAt = performance.now();
  const instanceDir = await realpath(dataDir);
  const goal = join(await realpath(dirname(resolve(file))), basename(file));
  const partial = `${goal}.${randomBytes(4).toString('hex')}.partial`;
  const archive = new Archive(String(Math.trunc(cluster.version / 10_000)));
  try {
    await withAdmin(cluster.admin('postgres'), (client) =>
      pipeline(
        Readable.from(archiveInstance(archive, client, instanceDir, new Set([goal, partial])), { objectMode: false }),
        createGzip({ level: constants.Z_BEST_SPEED }),
        createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true }),
        ...(signal === undefined ? [] : [{ signal }]),
      ),
    );
    await rename(partial, goal);
    await syncFolder(dirname(goal));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  const handle = await open(goal);
  const fileBytes = (await handle.stat()).size;
  await handle.close();
  const { entries, contentBytes } = archive;
  return { file: goal, entries, contentBytes, fileBytes, durationMs: performance.now() - startedAt };
}

async function* archiveInstance(
  archive: Archive,
  client: Client,
  instanceDir: string,
  ourFiles: ReadonlySet<string>,
): AsyncGenerator<Buffer, void, undefined> {
  await refuseTablespaces(instanceDir);
  // The temporary slot holds the log back while we copy and goes with the connection.
  await client.query(`SELECT pg_create_physical_replication_slot($1, true, true)`, [
    `ashlar_backup_${randomBytes(4).toString('hex')}`,
  ]);
  const first = await logSegment(client, `pg_backup_start('ashlar', fast => true)`);
  for await (const file of dataFiles(instanceDir)) yield* archive.addFile(file);
  const { rows } = await client.query<{ segment: string; label: string }>(
    'SELECT pg_walfile_name(lsn) AS segment, labelfile AS label FROM pg_backup_stop(wait_for_archive => false)',
  );
  const { segment: last, label } = must(rows[0], 'the end of the backup');
  yield* archive.addText('postgres/backup_label', label);
  yield* addLog(archive, instanceDir, first, last);
  // After the data, so that every stored file a row names is there, unless it was removed meanwhile.
  for await (const file of otherFiles(instanceDir, ourFiles)) yield* archive.addFile(file);
  yield* archive.finish();
}

async function refuseTablespaces(instanceDir: string): Promise<void> {
  const found = await readdir(join(instanceDir, 'postgres', 'pg_tblspc'));
  if (found.length > 0) throw backupErrors.tablespaces({ found });
}

async function logSegment(client: Client, lsn: string): Promise<string> {
  const { rows } = await client.query<{ segment: string }>(`SELECT pg_walfile_name(${lsn}) AS segment`);
  return must(rows[0], 'the name of a log segment').segment;
}

/** The segments between start and end of the copy, without which it is a set of files from different moments. */
async function* addLog(
  archive: Archive,
  instanceDir: string,
  first: string,
  last: string,
): AsyncGenerator<Buffer, void, undefined> {
  const folder = join(instanceDir, 'postgres', 'pg_wal');
  const names = (await readdir(folder)).toSorted();
  const segments = names.filter((name) => LOG_SEGMENT.test(name) && name >= first && name <= last);
  const wanted = segmentNumber(last) - segmentNumber(first) + 1;
  if (segments.length !== wanted) {
    throw backupErrors.logGone({ first, last, found: segments.length, wanted });
  }
  for (const name of [...names.filter((other) => LOG_HISTORY.test(other)), ...segments]) {
    const path = `postgres/pg_wal/${name}`;
    const absolutePath = join(folder, name);
    const handle = await open(absolutePath);
    const { size } = await handle.stat();
    await handle.close();
    yield* archive.addFile({ path, absolutePath, type: 'file', mode: 0o600, sizeBytes: size });
  }
}

/** Position of a segment in its timeline: names count 256 segments of 16 MB per log file. */
function segmentNumber(name: string): number {
  return Number.parseInt(name.slice(8, 16), 16) * 256 + Number.parseInt(name.slice(16), 16);
}

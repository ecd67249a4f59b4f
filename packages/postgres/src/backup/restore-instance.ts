import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ignoreObservations } from '@ashlar/telemetry';
import { errnoCode, folderError } from '../embedded/folder-error.ts';
import { giveTo } from '../embedded/initialise.ts';
import { locatePrograms } from '../embedded/platform-package.ts';
import { chooseRunAs, type RunAs } from '../embedded/run-as.ts';
import { makeSocketFolder } from '../embedded/socket-folder.ts';
import { superviseServer } from '../embedded/supervised-server.ts';
import { backupErrors } from './backup-errors.ts';
import { ContentDigest } from './content-digest.ts';
import { BACKUP_FORMAT, type BackupManifest, MANIFEST_PATH, parseManifest } from './manifest.ts';
import { syncFolder } from './sync-folder.ts';
import { readTar, type ReadEntry, TarFormatError } from './tar-reader.ts';

/** A manifest has a handful of short fields. */
const LARGEST_MANIFEST_BYTES = 64 * 1024;

export interface RestoreOptions {
  /** A file of `backupInstance`. */
  readonly file: string;
  /** Missing or empty. */
  readonly dataDir: string;
  readonly signal?: AbortSignal;
}

export interface RestoreSummary {
  readonly dataDir: string;
  readonly manifest: BackupManifest;
  readonly durationMs: number;
}

/**
 * Brings an instance back into an empty folder: unpacks and verifies the whole file first, lets the server recover
 * on the copy once, and only then puts it in place. Whatever fails, the folder is empty again.
 *
 * @throws `backup.folder_not_empty`, `backup.unknown_format`, `backup.damaged` or `backup.unusable`.
 */
export async function restoreInstance({ file, dataDir, signal }: RestoreOptions): Promise<RestoreSummary> {
  const startedAt = performance.now();
  const folder = await makeEmptyFolder(resolve(dataDir));
  // Inside the folder: it may be a mount of its own, onto which nothing can be renamed from outside.
  const staging = join(folder, 'restoring');
  try {
    const programs = locatePrograms();
    await mkdir(staging, { mode: 0o755 });
    const question = { instanceDir: staging, dataFolder: join(staging, 'postgres'), program: programs.postgres };
    const runAs = chooseRunAs(question);
    const manifest = await unpack(file, staging, runAs, programs.majorVersion, signal);
    await recoverOnce(file, staging, runAs, signal);
    await putInPlace(staging, folder);
    return { dataDir: folder, manifest, durationMs: performance.now() - startedAt };
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    throw folderError(folder, error);
  }
}

async function makeEmptyFolder(folder: string): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw folderError(folder, error);
  }
  const found = await readdir(folder);
  if (found.length > 0) throw backupErrors.folderNotEmpty({ folder, found: found.toSorted().slice(0, 3) });
  return realpath(folder);
}

async function unpack(
  file: string,
  staging: string,
  runAs: RunAs,
  majorVersion: string,
  signal: AbortSignal | undefined,
): Promise<BackupManifest> {
  let manifest: BackupManifest | undefined;
  const unpackArchive = async (source: AsyncIterable<Buffer>): Promise<void> => {
    const digest = new ContentDigest();
    for await (const read of readTar(source)) {
      if (manifest !== undefined) throw new TarFormatError('it goes on after its manifest');
      if (read.entry.path === MANIFEST_PATH) {
        manifest = await readManifest(file, read, majorVersion);
        const same = manifest.sha256 === digest.sha256() && manifest.entries === digest.entries;
        if (!same) throw new TarFormatError('its contents differ from its checksum');
      } else {
        digest.begin(read.entry);
        await writeEntry(read, staging, runAs, digest);
      }
    }
  };
  try {
    const stages = [createReadStream(file), createGunzip(), unpackArchive] as const;
    await (signal === undefined ? pipeline(...stages) : pipeline(...stages, { signal }));
  } catch (error) {
    if (!(error instanceof TarFormatError) && errnoCode(error)?.startsWith('Z_') !== true) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw backupErrors.damaged({ file, reason }, { cause: error });
  }
  if (manifest === undefined) throw backupErrors.damaged({ file, reason: 'it has no manifest' });
  return manifest;
}

async function readManifest(file: string, read: ReadEntry, majorVersion: string): Promise<BackupManifest> {
  if (read.entry.sizeBytes > LARGEST_MANIFEST_BYTES) throw new TarFormatError('its manifest is too long');
  const manifest = parseManifest(Buffer.concat(await Array.fromAsync(read.content)).toString('utf8'));
  if (manifest === undefined) throw new TarFormatError('its manifest cannot be read');
  if (manifest.format !== BACKUP_FORMAT) {
    throw backupErrors.unknownFormat({ file, reason: `it has format ${manifest.format}, wanted ${BACKUP_FORMAT}` });
  }
  if (manifest.postgres !== majorVersion) {
    const reason = `it holds data of PostgreSQL ${manifest.postgres}, this version runs ${majorVersion}`;
    throw backupErrors.unknownFormat({ file, reason });
  }
  return manifest;
}

async function writeEntry(
  { entry, content }: ReadEntry,
  staging: string,
  runAs: RunAs,
  digest: ContentDigest,
): Promise<void> {
  // Nothing in an archive may reach beyond the folder it is unpacked into.
  if (entry.path.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new TarFormatError(`it has an entry named ${entry.path}`);
  }
  const path = join(staging, entry.path);
  const ofServer = entry.path === 'postgres' || entry.path.startsWith('postgres/');
  if (entry.type === 'folder') {
    await mkdir(path, { mode: entry.mode });
  } else {
    const handle = await open(path, 'wx', entry.mode);
    try {
      for await (const chunk of content) {
        digest.add(chunk);
        await handle.writeFile(chunk);
      }
      // The server flushes its own folder before it recovers: its control file says that it was running.
      if (!ofServer) await handle.sync();
    } finally {
      await handle.close();
    }
  }
  if (ofServer) giveTo(runAs, path);
}

/** Starts the server on the copy, which replays its log up to the end of the backup, and stops it again. */
async function recoverOnce(
  file: string,
  staging: string,
  runAs: RunAs,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(join(staging, 'run'), { mode: 0o755 });
  try {
    const server = await superviseServer({
      programs: locatePrograms(),
      dataFolder: join(staging, 'postgres'),
      runAs,
      wantedPort: 0,
      socketDir: makeSocketFolder(staging, runAs),
      durability: 'full',
      observe: ignoreObservations,
      ...(signal === undefined ? {} : { signal }),
    });
    await server.stop();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw backupErrors.unusable({ file, reason }, { cause: error });
  }
  await rm(join(staging, 'run'), { recursive: true });
}

/** The server's data last: a folder without it is not yet an instance. */
async function putInPlace(staging: string, folder: string): Promise<void> {
  const names = await readdir(staging);
  for (const name of [...names.filter((other) => other !== 'postgres'), 'postgres']) {
    await rename(join(staging, name), join(folder, name));
  }
  await rmdir(staging);
  await syncFolder(folder);
}

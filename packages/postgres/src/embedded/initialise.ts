import { spawn } from 'node:child_process';
import { chownSync, closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import { folderError } from './folder-error.ts';
import type { ServerPrograms } from './platform-package.ts';
import { programCall, type RunAs } from './run-as.ts';

export interface InitialiseOptions {
  readonly programs: ServerPrograms;
  /** The data folder to make: missing or empty. */
  readonly folder: string;
  readonly runAs: RunAs;
  readonly superuser: string;
  readonly password: string;
  /** False leaves out the final flush, for servers that live as long as a test. */
  readonly sync: boolean;
}

/**
 * Makes the data folder of a new server. It is built beside its place and moved there when whole, so a start that
 * was interrupted leaves nothing that looks like data.
 *
 * @throws `postgres.disk_full`, `postgres.folder_forbidden` or `postgres.initialisation_failed`.
 */
export async function initialise(options: InitialiseOptions): Promise<void> {
  const { folder } = options;
  const building = `${folder}.new`;
  const passwordFile = `${building}.password`;
  try {
    rmSync(building, { recursive: true, force: true });
    mkdirSync(building, { mode: 0o700 });
    writeFileSync(passwordFile, options.password, { mode: 0o600 });
    giveTo(options.runAs, building, passwordFile);
    await runInitdb(options, building, passwordFile);
    renameSync(building, folder);
    if (options.sync) syncFolder(dirname(folder));
  } catch (error) {
    rmSync(building, { recursive: true, force: true });
    throw folderError(folder, error);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Makes the paths the server user's own; a no-op unless we are root and it is somebody else. */
export function giveTo(runAs: RunAs, ...paths: readonly string[]): void {
  if (runAs.kind !== 'user') return;
  for (const path of paths) chownSync(path, runAs.uid, runAs.gid);
}

async function runInitdb(options: InitialiseOptions, folder: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${options.superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth-host=scram-sha-256',
    '--auth-local=scram-sha-256',
    // A collation that no update of the system's libraries can change under existing indexes.
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    '--no-instructions',
    ...(options.sync ? [] : ['--no-sync']),
  ];
  const call = programCall(options.runAs, options.programs.initdb, args);
  const child = spawn(call.file, call.args, { ...call.options, stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint = (complaint + chunk).slice(-4096)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code === 0) return;
  if (/No space left on device|Disk quota exceeded/.test(complaint)) throw clusterErrors.diskFull({ folder });
  throw clusterErrors.initialisationFailed({ folder, reason: complaint.trim() || `it ended with code ${code}` });
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

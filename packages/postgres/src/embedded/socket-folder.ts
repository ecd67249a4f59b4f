import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clusterErrors } from '../cluster/cluster-errors.ts';
import { giveTo } from './initialise.ts';
import type { RunAs } from './run-as.ts';

/** `sun_path` of a socket address, less its closing NUL. macOS has the lower limit of 103, Linux 107. */
const PATH_LIMIT_BYTES = process.platform === 'linux' ? 107 : 103;
const LONGEST_NAME = '.s.PGSQL.65535.lock';

/**
 * The folder of the server's socket: inside the instance's folder when the path is short enough, else one in the
 * system's temporary folder whose name follows from the instance's. Only the server's user and root may enter.
 *
 * @param instanceDir Absolute and without symbolic links.
 * @throws `postgres.folder_forbidden` when somebody else has a folder of that name.
 */
export function makeSocketFolder(instanceDir: string, runAs: RunAs): string {
  const folder = socketFolder(instanceDir);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const found = lstatSync(folder);
  const wanted = runAs.kind === 'user' ? runAs.uid : found.uid;
  const ours = found.uid === process.getuid?.() || found.uid === wanted;
  if (!found.isDirectory() || !ours) {
    throw clusterErrors.folderForbidden({ folder, reason: `it belongs to user ${found.uid} or is no folder` });
  }
  chmodSync(folder, 0o700);
  giveTo(runAs, folder);
  return folder;
}

function socketFolder(instanceDir: string): string {
  const inside = join(instanceDir, 'run', 'postgres');
  if (Buffer.byteLength(join(inside, LONGEST_NAME)) <= PATH_LIMIT_BYTES) return inside;
  return join(tmpdir(), `ashlar-${createHash('sha256').update(instanceDir).digest('hex').slice(0, 16)}`);
}

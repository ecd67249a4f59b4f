import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { clusterErrors } from '../cluster/cluster-errors.ts';

/**
 * As whom the server's programs run. PostgreSQL refuses to run as root, and rightly so: a hole in it would then be
 * a hole in the machine.
 */
export type RunAs =
  | { readonly kind: 'self' }
  | { readonly kind: 'user'; readonly uid: number; readonly gid: number }
  /** Root's own files, seen from a user namespace in which nobody is root: no capability is left. */
  | { readonly kind: 'namespace' };

/** `nobody` wherever the kernel has users; the files of the server belong to it when no better owner is known. */
const UNPRIVILEGED_ID = 65534;

export interface RunAsQuestion {
  /** The instance's folder; exists. */
  readonly instanceDir: string;
  /** The server's data folder inside it; may not exist yet. */
  readonly dataFolder: string;
  /** A program that user must be able to execute. */
  readonly program: string;
}

/**
 * Decides as whom to run: as ourselves unless we are root; then as the user the data or the instance folder already
 * belongs to, else as nobody. Where that user cannot reach the program or the folder (a checkout under a
 * mode-700 home), the server runs in a user namespace on files of root.
 *
 * @throws `postgres.folder_forbidden` when neither way is open.
 */
export function chooseRunAs({ instanceDir, dataFolder, program }: RunAsQuestion): RunAs {
  if (process.getuid?.() !== 0) return { kind: 'self' };
  const data = statSync(dataFolder, { throwIfNoEntry: false });
  if (data?.uid === 0) return namespaceFor(dataFolder);
  const instance = statSync(instanceDir);
  const owner = data ?? (instance.uid === 0 ? undefined : instance);
  const user: RunAs = { kind: 'user', uid: owner?.uid ?? UNPRIVILEGED_ID, gid: owner?.gid ?? UNPRIVILEGED_ID };
  if (reaches(user, program, instanceDir)) return user;
  if (data === undefined) return namespaceFor(dataFolder);
  throw clusterErrors.folderForbidden({
    folder: dataFolder,
    reason: `it belongs to user ${data.uid}, who cannot reach it or ${program}`,
  });
}

function namespaceFor(folder: string): RunAs {
  const probe = spawnSync('unshare', ['-U', 'true'], { stdio: 'ignore' });
  if (probe.status === 0) return { kind: 'namespace' };
  throw clusterErrors.folderForbidden({
    folder,
    reason: 'the process is root, no unprivileged user can reach the folder, and user namespaces are not available',
  });
}

function reaches(user: RunAs & { kind: 'user' }, program: string, folder: string): boolean {
  const probe = spawnSync('/bin/sh', ['-c', 'test -x "$1" && cd "$2"', 'sh', program, folder], {
    uid: user.uid,
    gid: user.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return probe.status === 0;
}

export interface ProgramCall {
  readonly file: string;
  readonly args: readonly string[];
  readonly options: {
    readonly uid?: number;
    readonly gid?: number;
    readonly cwd: string;
    readonly env: Readonly<Record<string, string>>;
  };
}

/**
 * What to spawn so that `program` runs as decided. `unshare` replaces itself by the program, so the pid is the
 * program's. The environment is made here: neither PG* variables nor a locale of the caller may reach the server.
 */
export function programCall(
  runAs: RunAs,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ProgramCall {
  const options = { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin', ...env } };
  switch (runAs.kind) {
    case 'self':
      return { file: program, args, options };
    case 'user':
      return { file: program, args, options: { ...options, uid: runAs.uid, gid: runAs.gid } };
    case 'namespace':
      return { file: 'unshare', args: ['-U', program, ...args], options };
  }
}

import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** How a file is named below its project's folder. */
export const VERSION: RegExp = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const PROJECT = /^[a-z][a-z0-9-]{0,62}$/;
/** Below a project's folder: files whose first request has not ended. */
export const UNFINISHED = 'unfinished';
/** Below a project's folder: uploads that come in several requests. */
export const PARTS = 'parts';
export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

/** @throws {RangeError} when it is no ref: anything else could lead elsewhere. */
export function projectFolder(root: string, project: string): string {
  if (!PROJECT.test(project)) throw new RangeError(`"${project}" is no ref of a project`);
  return join(root, project);
}

/** A name is on disk when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders; it writes names through by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function nullWhenMissing(error: unknown): null {
  if (isMissing(error)) return null;
  throw error;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

import { randomBytes } from 'node:crypto';
import { link, open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import process from 'node:process';

const OWNER_ONLY = 0o600;
/** `.<process>.<random>.tmp` */
const TEMPORARY = /^\.(\d+)\.[\da-f]{12}\.tmp$/;

/** Being written by this process; in a container an earlier one had the same number. */
const ours = new Set<string>();

/** Replaces a file in one step: a reader, or a crash, sees the old content or the new one. On disk when it resolves. */
export async function writeSecretFile(path: string, content: string): Promise<void> {
  const temporary = await writeTemporary(path, content);
  await rename(temporary, path);
  ours.delete(temporary);
  await syncFolder(dirname(path));
}

/** Creates a file in one step. False when there is one already: of two processes that start together one wins. */
export async function createSecretFile(path: string, content: string): Promise<boolean> {
  const temporary = await writeTemporary(path, content);
  try {
    await link(temporary, path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(temporary);
    ours.delete(temporary);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Removes what a process left that was killed while it wrote: a secret lies in no file nobody knows of. */
export async function sweepSecretFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, writer] = TEMPORARY.exec(name) ?? [];
    const path = join(folder, name);
    if (writer !== undefined && !isWriting(Number(writer), path)) await rm(path, { force: true });
  }
}

function isWriting(pid: number, path: string): boolean {
  if (pid === process.pid) return ours.has(path);
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function writeTemporary(path: string, content: string): Promise<string> {
  const temporary = join(dirname(path), `.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  ours.add(temporary);
  const file = await open(temporary, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

/** Windows has no way to sync a folder; there the name is written with the file. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

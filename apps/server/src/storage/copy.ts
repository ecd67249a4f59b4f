import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve, sep } from 'node:path';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Terminal } from '../cli/terminal.ts';
import { isBelow, type RemotePath } from './remote-path.ts';
import type { StorageDoor } from './storage-door.ts';
import { copyFile, fileAt, filesBelow } from './storage-files.ts';
import { downloadFile, Progress, unreadable, uploadFile, type UploadFacts } from './transfer.ts';

export interface CopyOptions extends UploadFacts {
  readonly door: StorageDoor;
  readonly terminal: Terminal;
  readonly recursive: boolean;
}

/** @returns How many files were copied. */
export async function uploadAll(from: string, to: RemotePath, options: CopyOptions): Promise<number> {
  const { door, terminal, recursive } = options;
  const is = await stat(from).catch(unreadable(from));
  if (is.isDirectory() && !recursive) throw cliErrors.folderNotRecursive({ folder: from });
  let copied = 0;
  for await (const file of is.isDirectory() ? filesIn(from) : [from]) {
    const inside = is.isDirectory() ? relative(from, file).split(sep).join('/') : basename(file);
    const target = is.isDirectory() || isFolder(to) ? { ...to, key: joined(to.key, inside) } : to;
    const shown = `${file} → ss:///${target.bucket}/${target.key}`;
    const progress = new Progress(terminal, shown);
    await uploadFile(door, file, target, options, progress).finally(() => progress.end());
    terminal.out(shown);
    copied += 1;
  }
  return copied;
}

export async function downloadAll(from: RemotePath, to: string, options: CopyOptions): Promise<number> {
  const { door, terminal, recursive } = options;
  const isThere = (await stat(to).catch(() => null))?.isDirectory() === true;
  let copied = 0;
  for await (const { key, inside, isSingle } of sources(from, door, recursive)) {
    const file = isSingle && !isThere && !to.endsWith('/') ? resolve(to) : placeIn(to, inside);
    const progress = new Progress(terminal, key);
    await downloadFile(door, { ...from, key }, file, progress).finally(() => progress.end());
    terminal.out(`ss:///${from.bucket}/${key} → ${file}`);
    copied += 1;
  }
  return copied;
}

export async function copyAll(from: RemotePath, to: RemotePath, options: CopyOptions): Promise<number> {
  const { door, terminal, recursive } = options;
  // Read to the end first: a copy into the folder itself would go on for ever.
  const all = await Array.fromAsync(sources(from, door, recursive));
  for (const { key, inside, isSingle } of all) {
    const target = isSingle && !isFolder(to) ? to : { ...to, key: joined(to.key, inside) };
    await copyFile(door, { ...from, key }, target);
    terminal.out(`ss:///${from.bucket}/${key} → ss:///${target.bucket}/${target.key}`);
  }
  return all.length;
}

interface Source {
  readonly key: string;
  /** Its name below the folder that is copied. */
  readonly inside: string;
  /** The one object that was named. */
  readonly isSingle: boolean;
}

async function* sources(from: RemotePath, door: StorageDoor, recursive: boolean): AsyncGenerator<Source> {
  if (!recursive) {
    const single = await fileAt(door, from);
    if (single === null) throw cliErrors.objectMissing({ path: `ss:///${from.bucket}/${from.key}` });
    yield { key: from.key, inside: basename(from.key), isSingle: true };
    return;
  }
  const folder = from.key === '' || from.key.endsWith('/') ? from.key : `${from.key}/`;
  for await (const { name } of filesBelow(door, from)) {
    if (isBelow(name, folder)) yield { key: name, inside: name.slice(folder.length), isSingle: false };
    else yield { key: name, inside: basename(name), isSingle: true };
  }
}

/** A server could name objects so that they would be written elsewhere. */
function placeIn(folder: string, inside: string): string {
  const file = resolve(folder, inside);
  if (!file.startsWith(resolve(folder) + sep)) {
    throw cliErrors.fileUnwritable({ file: inside, reason: 'its name leads out of the folder' });
  }
  return file;
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(unreadable(folder))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (entry.isFile()) yield path;
  }
}

function isFolder({ key }: RemotePath): boolean {
  return key === '' || key.endsWith('/');
}

function joined(folder: string, name: string): string {
  return folder === '' || folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;
}

import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePlace, FileStore } from '../application/file-store.ts';
import { FileStream } from './file-stream.ts';
import {
  FILE_MODE,
  FOLDER_MODE,
  isMissing,
  nullWhenMissing,
  PARTS,
  projectFolder,
  syncFolder,
  UNFINISHED,
  VERSION,
} from './folder-layout.ts';
import { type BodyOptions, type Progress, writeBody } from './write-body.ts';

/** Read from disk at a time. */
const READ_BYTES = 256 * 1024;
/** Written at a time: a chunk of a socket has 64 KiB at most, and every write is a way to another thread and back. */
const WRITE_BYTES = 256 * 1024;

/**
 * Files in a folder: `<root>/<project>/<first two letters of the version>/<version>`. Nothing a user names is part of
 * a path. Bytes go to a name of their own, are synced, and get their final name in one step.
 */
export function createFolderFileStore(root: string, options: BodyOptions = {}): FileStore {
  const made = new Set<string>();
  const folderOf = (project: string, name: string): string => join(projectFolder(root, project), name);
  const pathOf = ({ project, version }: FilePlace): string | null =>
    VERSION.test(version) ? join(folderOf(project, version.slice(0, 2)), version) : null;
  const targetOf = (place: FilePlace): string => {
    const path = pathOf(place);
    if (path === null) throw new RangeError(`"${place.version}" is no version of a file`);
    return path;
  };
  const ensure = async (folder: string): Promise<string> => {
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      await syncFolder(join(folder, '..'));
      made.add(folder);
    }
    return folder;
  };

  /** Runs `make` on a new path and gives the file there its final name; nothing stays when it fails. */
  const settle = async <Result>(place: FilePlace, make: (path: string) => Promise<Result>): Promise<Result> => {
    const target = targetOf(place);
    const unfinished = join(await ensure(folderOf(place.project, UNFINISHED)), randomUUID());
    const folder = await ensure(folderOf(place.project, place.version.slice(0, 2)));
    try {
      const result = await make(unfinished);
      await rename(unfinished, target);
      await syncFolder(folder);
      return result;
    } catch (error) {
      await unlink(unfinished).catch(() => undefined);
      // Somebody may have removed the folders themselves.
      made.clear();
      throw error;
    }
  };

  return {
    isRemote: false,

    write: (place, body, limitBytes) =>
      settle(place, async (path) => {
        const file = await open(path, 'wx', FILE_MODE);
        try {
          return await fill(file, body, limitBytes, options);
        } finally {
          await file.close();
        }
      }),

    async read(place, range) {
      const path = pathOf(place);
      const file = path === null ? null : await open(path, 'r').catch(nullWhenMissing);
      return file === null ? null : new FileStream(file, range);
    },

    async size(place) {
      const path = pathOf(place);
      return path === null ? null : ((await stat(path).catch(nullWhenMissing))?.size ?? null);
    },

    async copy(from, to) {
      const source = pathOf(from);
      if (source === null) return false;
      // Files never change, so two names of one file are as good as two files.
      return settle(to, (path) => link(source, path)).then(() => true, falseWhenMissing);
    },

    async join(parts, to) {
      const [first] = parts;
      if (first !== undefined && parts.length === 1) return this.copy(first, to);
      const sources = parts.map(pathOf);
      if (sources.includes(null)) return false;
      return settle(to, async (path) => {
        const file = await open(path, 'wx', FILE_MODE);
        try {
          const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
          for (const source of sources) await append(file, source ?? '', buffer);
          await file.sync();
        } finally {
          await file.close();
        }
      }).then(() => true, falseWhenMissing);
    },

    async adopt(place, path) {
      const target = targetOf(place);
      const folder = await ensure(join(target, '..'));
      await link(path, target).catch(nullWhenThere);
      await syncFolder(folder);
    },

    async remove(place) {
      const path = pathOf(place);
      if (path !== null) await unlink(path).catch(nullWhenMissing);
    },

    async *settled(project, before) {
      const home = folderOf(project, '');
      for (const folder of (await readdir(home).catch(nullWhenMissing)) ?? []) {
        // Whole files may be among them that have another name here already.
        if (folder === PARTS) continue;
        for (const name of await readdir(join(home, folder))) {
          const path = join(home, folder, name);
          const found = await stat(path).catch(nullWhenMissing);
          // A new name changes no other time than this one, so a copy of an old file counts as young.
          if (found === null || found.ctimeMs > before.getTime()) continue;
          if (folder === UNFINISHED) await unlink(path).catch(nullWhenMissing);
          else if (VERSION.test(name)) yield name;
        }
      }
    },
  };
}

/** @param buffer What is read at a time: a new one each time would gather as garbage. */
async function append(file: FileHandle, path: string, buffer: Buffer): Promise<void> {
  const source = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await source.read(buffer);
      if (bytesRead === 0) return;
      for (let at = 0; at < bytesRead;) at += (await file.write(buffer, at, bytesRead - at)).bytesWritten;
    }
  } finally {
    await source.close();
  }
}

async function fill(file: FileHandle, body: AsyncIterable<Buffer>, limitBytes: number, options: BodyOptions) {
  const hash = createHash('md5');
  const progress: Progress = { sizeBytes: 0 };
  await writeBody(file, body, { ...options, hash, limitBytes, progress, batchBytes: WRITE_BYTES });
  await file.sync();
  return { sizeBytes: progress.sizeBytes, md5: hash.digest('hex') };
}

function falseWhenMissing(error: unknown): false {
  if (isMissing(error)) return false;
  throw error;
}

function nullWhenThere(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
  throw error;
}

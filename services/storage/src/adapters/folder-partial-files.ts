import { createHash, type Hash } from 'node:crypto';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { FilePlace } from '../application/file-store.ts';
import type { PartialFiles } from '../application/partial-files.ts';
import { FILE_MODE, FOLDER_MODE, nullWhenMissing, PARTS, projectFolder, syncFolder, VERSION } from './folder-layout.ts';
import { type BodyOptions, type Progress, writeBody } from './write-body.ts';

const READ_BYTES = 1_048_576;
/** Uploads whose checksum is carried from one request to the next; that of any other is made anew at its end. */
const MAX_HASHES = 256;

/** Unfinished uploads as files `<root>/<project>/parts/<version>`. */
export function createFolderPartialFiles(root: string, options: BodyOptions = {}): PartialFiles {
  const hashes = new Map<string, { readonly sizeBytes: number; readonly hash: Hash }>();
  const pathOf = ({ project, version }: FilePlace): string => {
    if (!VERSION.test(version)) throw new RangeError(`"${version}" is no version of a file`);
    return join(projectFolder(root, project), PARTS, version);
  };
  const remember = (place: FilePlace, sizeBytes: number, hash: Hash): void => {
    const [oldest] = hashes.keys();
    if (hashes.size >= MAX_HASHES && oldest !== undefined) hashes.delete(oldest);
    hashes.set(keyOf(place), { sizeBytes, hash });
  };
  const hashAt = (place: FilePlace, at: number): Hash | null => {
    const known = hashes.get(keyOf(place));
    hashes.delete(keyOf(place));
    if (at === 0) return createHash('md5');
    return known?.sizeBytes === at ? known.hash : null;
  };
  const sizeOf = async (place: FilePlace): Promise<number | null> =>
    (await stat(pathOf(place)).catch(nullWhenMissing))?.size ?? null;

  return {
    size: sizeOf,

    async begin(place) {
      const path = pathOf(place);
      await mkdir(join(path, '..'), { recursive: true, mode: FOLDER_MODE });
      await (await open(path, 'wx', FILE_MODE)).close();
      await syncFolder(join(path, '..'));
    },

    async append(place, at, body, limitBytes) {
      const progress: Progress = { sizeBytes: at };
      const hash = hashAt(place, at);
      const file = await open(pathOf(place), 'r+');
      let failure: Error | null = null;
      try {
        // A chunk that was written in part only, by a full disk for instance, is none of the upload's.
        await writeBody(file, body, { ...options, hash, limitBytes: at + limitBytes, progress }).catch(
          async (error: unknown) => {
            failure = error instanceof Error ? error : new Error('The body broke off', { cause: error });
            await file.truncate(progress.sizeBytes);
          },
        );
        await file.sync();
      } finally {
        await file.close();
      }
      if (hash !== null) remember(place, progress.sizeBytes, hash);
      return { sizeBytes: progress.sizeBytes, failure };
    },

    async read(place, start, lengthBytes) {
      const file = await open(pathOf(place), 'r');
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(lengthBytes), 0, lengthBytes, start);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    },

    async finish(place, store) {
      const path = pathOf(place);
      const sizeBytes = (await stat(path)).size;
      const bytes = async function* (): AsyncGenerator<Buffer> {
        const file = await open(path, 'r');
        yield* file.createReadStream({ highWaterMark: READ_BYTES });
      };
      if (store.adopt === undefined) return store.write(place, bytes(), Infinity);
      const known = hashes.get(keyOf(place));
      let hash = known?.sizeBytes === sizeBytes ? known.hash.copy() : null;
      if (hash === null) {
        hash = createHash('md5');
        for await (const chunk of bytes()) hash.update(chunk);
      }
      await store.adopt(place, path);
      return { sizeBytes, md5: hash.digest('hex') };
    },

    async discard(place) {
      hashes.delete(keyOf(place));
      await unlink(pathOf(place)).catch(nullWhenMissing);
    },

    async discardOlder(project, before) {
      const folder = join(projectFolder(root, project), PARTS);
      let discarded = 0;
      for (const name of (await readdir(folder).catch(nullWhenMissing)) ?? []) {
        const path = join(folder, name);
        const found = await stat(path).catch(nullWhenMissing);
        if (found === null || found.mtimeMs > before.getTime()) continue;
        await unlink(path).catch(nullWhenMissing);
        discarded += 1;
      }
      return discarded;
    },
  };
}

function keyOf({ project, version }: FilePlace): string {
  return `${project}/${version}`;
}

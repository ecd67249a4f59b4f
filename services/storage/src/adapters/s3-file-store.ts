import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FilePlace, FileStore } from '../application/file-store.ts';
import { storageErrors } from '../domain/storage-errors.ts';
import { connectS3, isMissing, type S3Connection, type S3Place } from './s3-connection.ts';
import { reaching, reachingEach } from './s3-away.ts';
import { copyFile, joinFiles } from './s3-copies.ts';

const VERSION = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const PROJECT = /^[a-z][a-z0-9-]{0,62}$/;
/** Held of an upload at a time. Larger later on, because there may be ten thousand parts at most. */
const PART_BYTES = 8 * 1_048_576;
const LATE_PART_BYTES = 64 * 1_048_576;
const PARTS_OF_FIRST_SIZE = 1_000;

/**
 * Files as objects of a bucket that speaks S3: `<prefix><project>/<first two letters of the version>/<version>`. The
 * client's library is loaded with the first file. Nobody else may write below the prefix.
 */
export function createS3FileStore(place: S3Place): FileStore {
  let connection: Promise<S3Connection> | undefined;
  const connect = async (): Promise<S3Connection> => (connection ??= connectS3(place).then(saysWhenAway));
  const folderOf = (project: string): string => {
    if (!PROJECT.test(project)) throw new RangeError(`"${project}" is no ref of a project`);
    return `${place.prefix}${project}/`;
  };
  const keyOf = ({ project, version }: FilePlace): string | null =>
    VERSION.test(version) ? `${folderOf(project)}${version.slice(0, 2)}/${version}` : null;
  const targetOf = (file: FilePlace): string => {
    const key = keyOf(file);
    if (key === null) throw new RangeError(`"${file.version}" is no version of a file`);
    return key;
  };

  return {
    isRemote: true,

    async write(file, body, limitBytes) {
      const key = targetOf(file);
      return upload(await connect(), key, body, limitBytes);
    },

    async read(file, range) {
      const key = keyOf(file);
      if (key === null) return null;
      const s3 = await connect();
      try {
        return await s3.get(key, range);
      } catch (error) {
        if (isMissing(error)) return null;
        // No range of an empty file is one: the whole of it is the same.
        if (isNamed(error, 'InvalidRange')) return Readable.from([]);
        throw error;
      }
    },

    async size(file) {
      const key = keyOf(file);
      return key === null ? null : sizeOf(await connect(), key);
    },

    async copy(from, to) {
      const [source, target] = [keyOf(from), targetOf(to)];
      if (source === null) return false;
      const s3 = await connect();
      const sizeBytes = await sizeOf(s3, source);
      return sizeBytes === null ? false : copyFile(s3, { key: source, sizeBytes }, target);
    },

    async join(parts, to) {
      const target = targetOf(to);
      const s3 = await connect();
      const sources: { key: string; sizeBytes: number }[] = [];
      for (const part of parts) {
        const key = keyOf(part);
        const sizeBytes = key === null ? null : await sizeOf(s3, key);
        if (key === null || sizeBytes === null) return false;
        sources.push({ key, sizeBytes });
      }
      const [only] = sources;
      if (only !== undefined && sources.length === 1) return copyFile(s3, only, target);
      return joinFiles(s3, sources, target, (whole) => upload(s3, target, whole, Infinity));
    },

    async remove(file) {
      const key = keyOf(file);
      if (key !== null) await (await connect()).remove(key);
    },

    async *settled(project, before) {
      const folder = folderOf(project);
      const s3 = await connect();
      for await (const { key, modifiedAt } of s3.list(folder)) {
        const version = key.slice(folder.length + 3);
        if (VERSION.test(version) && keyOf({ project, version }) === key && modifiedAt <= before) yield version;
      }
      for await (const { key, id, startedAt } of s3.uploads(folder)) if (startedAt <= before) await s3.abort(key, id);
    },
  };
}

function saysWhenAway(s3: S3Connection): S3Connection {
  return {
    put: (...given) => reaching(() => s3.put(...given)),
    get: (...given) => reaching(() => s3.get(...given)),
    head: (...given) => reaching(() => s3.head(...given)),
    remove: (...given) => reaching(() => s3.remove(...given)),
    copy: (...given) => reaching(() => s3.copy(...given)),
    startUpload: (...given) => reaching(() => s3.startUpload(...given)),
    putPart: (...given) => reaching(() => s3.putPart(...given)),
    copyPart: (...given) => reaching(() => s3.copyPart(...given)),
    complete: (...given) => reaching(() => s3.complete(...given)),
    abort: (...given) => reaching(() => s3.abort(...given)),
    list: (...given) => reachingEach(s3.list(...given)),
    uploads: (...given) => reachingEach(s3.uploads(...given)),
  };
}

async function sizeOf(s3: S3Connection, key: string): Promise<number | null> {
  try {
    return (await s3.head(key)).sizeBytes;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** One request for what fits into a part; what is larger goes in parts and appears with the last request, whole. */
async function upload(s3: S3Connection, key: string, body: AsyncIterable<Buffer>, limitBytes: number) {
  const md5 = createHash('md5');
  const held = new HeldPart();
  const etags: string[] = [];
  let id: string | null = null;
  let sizeBytes = 0;
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) throw storageErrors.entityTooLarge();
      md5.update(chunk);
      for (let rest = held.fill(chunk, etags.length); rest !== null; rest = held.fill(rest, etags.length)) {
        id ??= await s3.startUpload(key);
        etags.push(await s3.putPart(key, id, etags.length + 1, held.take()));
      }
    }
    if (id === null) {
      await s3.put(key, held.take());
    } else {
      if (held.bytes > 0) etags.push(await s3.putPart(key, id, etags.length + 1, held.take()));
      await s3.complete(key, id, etags);
    }
    return { sizeBytes, md5: md5.digest('hex') };
  } catch (error) {
    // What cannot be told to S3 now, the sweeper tells it later.
    if (id !== null) await s3.abort(key, id).catch(() => undefined);
    throw error;
  }
}

/** Bytes up to the size of the part they will be. */
class HeldPart {
  #chunks: Buffer[] = [];
  bytes = 0;

  /** Null when all of it found room; otherwise the part is full, and this is what is left. */
  fill(chunk: Buffer, partsBefore: number): Buffer | null {
    const room = (partsBefore < PARTS_OF_FIRST_SIZE ? PART_BYTES : LATE_PART_BYTES) - this.bytes;
    const taken = chunk.subarray(0, room);
    if (taken.length > 0) this.#chunks.push(taken);
    this.bytes += taken.length;
    return chunk.length <= room ? null : chunk.subarray(room);
  }

  take(): Buffer {
    const whole = Buffer.concat(this.#chunks, this.bytes);
    this.#chunks = [];
    this.bytes = 0;
    return whole;
  }
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}

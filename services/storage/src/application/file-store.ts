import type { Readable } from 'node:stream';
import type { ByteRange } from '../domain/conditions.ts';

/** One immutable file: the bytes of one version of one object, found by nothing but its version. */
export interface FilePlace {
  /** Ref of the project. */
  readonly project: string;
  /** A UUID in lower case. */
  readonly version: string;
}

export interface WrittenFile {
  readonly sizeBytes: number;
  /** Hex MD5 of the bytes: what clients of S3 and Supabase compare as an ETag. */
  readonly md5: string;
}

/**
 * Where bytes are kept. Every store keeps these rules: a file exists whole or not at all, is on disk when `write` or
 * `copy` resolves, is never changed, and can be read to its end by whoever opened it before it was removed.
 */
export interface FileStore {
  /** Whether every question is a request to another machine. */
  readonly isRemote: boolean;
  /**
   * @param limitBytes More than that ends in `storage.entity_too_large`, and nothing is kept.
   * @throws What the body ends in, when it ends in an error: nothing is kept then.
   */
  write(place: FilePlace, body: AsyncIterable<Buffer>, limitBytes: number): Promise<WrittenFile>;
  /** The bytes, or a part of them; null when there is no such file. */
  read(place: FilePlace, range?: ByteRange): Promise<Readable | null>;
  /** Bytes of the file, null when there is none. */
  size(place: FilePlace): Promise<number | null>;
  /** @returns False when there is nothing to copy. */
  copy(from: FilePlace, to: FilePlace): Promise<boolean>;
  /** One file of several, in this order. @returns False when one of them is missing. */
  join(parts: readonly FilePlace[], to: FilePlace): Promise<boolean>;
  /**
   * Takes over a whole and synced file on this machine, which nobody changes any more, without copying it; taken over
   * already is as good. A store that cannot is given the bytes.
   */
  adopt?(place: FilePlace, path: string): Promise<void>;
  /** A file that is not there is removed already. */
  remove(place: FilePlace): Promise<void>;
  /** Versions of whole files not touched since then, in no order; what is unfinished since then is removed meanwhile. */
  settled(project: string, before: Date): AsyncIterable<string>;
}

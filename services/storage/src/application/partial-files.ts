import type { FilePlace, FileStore, WrittenFile } from './file-store.ts';

export interface Appended {
  /** Bytes there are now, all of them on disk. */
  readonly sizeBytes: number;
  /** What the body ended in, when it was no end; null for a whole one. */
  readonly failure: Error | null;
}

/**
 * Where the bytes of unfinished uploads are. Only whoever holds an upload appends to it. Bytes are never changed again,
 * and what was there when a process died is there for the next one.
 */
export interface PartialFiles {
  /** Bytes so far; null when nothing was begun. */
  size(place: FilePlace): Promise<number | null>;
  begin(place: FilePlace): Promise<void>;
  /**
   * Adds what comes and keeps it, also when the body breaks off.
   *
   * @param at Bytes there are.
   * @param limitBytes Most bytes to add; one more ends in `storage.entity_too_large`, and what came before stays.
   */
  append(place: FilePlace, at: number, body: AsyncIterable<Buffer>, limitBytes: number): Promise<Appended>;
  /** A part of what is there. */
  read(place: FilePlace, start: number, lengthBytes: number): Promise<Buffer>;
  /** Makes it a file of the store, under the same version; it stays here as well until it is discarded. */
  finish(place: FilePlace, store: FileStore): Promise<WrittenFile>;
  discard(place: FilePlace): Promise<void>;
  /** Removes what nobody has added to since then. @returns How many there were. */
  discardOlder(project: string, before: Date): Promise<number>;
}

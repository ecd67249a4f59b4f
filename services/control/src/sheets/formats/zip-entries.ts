import { type FileHandle, open } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { FileFault } from './source-row.ts';

/** A file inside a ZIP archive. */
interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedBytes: number;
  /** Of its local header. */
  readonly at: number;
}

const END_SIGNATURE = 0x06054b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const DIRECTORY_ENTRY_BYTES = 46;
const LOCAL_HEADER_BYTES = 30;
/** A workbook has some dozens of files; more is no workbook. */
const MAX_DIRECTORY_BYTES = 4 * 1024 * 1024;
const STORED = 0;
const DEFLATED = 8;

/** Files of an archive, read from its directory at the end. ZIP64 is not read: no workbook of the size allowed needs it. */
export class ZipEntries {
  readonly #path: string;
  readonly #entries: ReadonlyMap<string, ZipEntry>;

  private constructor(path: string, entries: ReadonlyMap<string, ZipEntry>) {
    this.#path = path;
    this.#entries = entries;
  }

  /** @throws {FileFault} `not-a-workbook` when it is no such archive. */
  static async open(path: string): Promise<ZipEntries> {
    await using file = await open(path);
    const entries = await readDirectory(file);
    return new ZipEntries(path, new Map(entries.map((entry) => [entry.name, entry])));
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * The bytes of a file, unpacked while they are read.
   *
   * @param maxBytes A file that unpacks to more ends with a fault: archives can claim a small one and hold terabytes.
   * @throws {FileFault} `not-a-workbook`, `encrypted`, `workbook-too-large`.
   */
  async *read(name: string, maxBytes: number): AsyncGenerator<Buffer> {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new FileFault('not-a-workbook');
    if (entry.isEncrypted) throw new FileFault('encrypted');
    if (entry.method !== STORED && entry.method !== DEFLATED) throw new FileFault('not-a-workbook');
    if (entry.packedBytes === 0) return;
    const start = await this.#contentOf(entry);
    const packed = createReadStream(this.#path, { start, end: start + entry.packedBytes - 1 });
    const content = entry.method === STORED ? packed : pipeline(packed, createInflateRaw(), () => undefined);
    let bytes = 0;
    try {
      // Both streams give bytes.
      for await (const chunk of content as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        if (bytes > maxBytes) throw new FileFault('workbook-too-large');
        yield chunk;
      }
    } catch (error) {
      if (error instanceof FileFault) throw error;
      throw new FileFault('not-a-workbook');
    } finally {
      packed.destroy();
      content.destroy();
    }
  }

  async #contentOf({ at }: ZipEntry): Promise<number> {
    await using file = await open(this.#path);
    const header = await readAt(file, at, LOCAL_HEADER_BYTES);
    return at + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  }
}

async function readDirectory(file: FileHandle): Promise<readonly ZipEntry[]> {
  const { size } = await file.stat();
  const tailBytes = Math.min(size, END_BYTES + MAX_COMMENT_BYTES);
  const tail = await readAt(file, size - tailBytes, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end -= 1;
  if (end < 0) throw new FileFault('not-a-workbook');
  const bytes = tail.readUInt32LE(end + 12);
  const at = tail.readUInt32LE(end + 16);
  if (bytes > MAX_DIRECTORY_BYTES || at + bytes > size) throw new FileFault('not-a-workbook');
  return entriesOf(await readAt(file, at, bytes));
}

function entriesOf(directory: Buffer): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = 0;
  while (at + DIRECTORY_ENTRY_BYTES <= directory.length && directory.readUInt32LE(at) === DIRECTORY_SIGNATURE) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const next =
      at + DIRECTORY_ENTRY_BYTES + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    entries.push({
      name: directory.toString('utf8', at + DIRECTORY_ENTRY_BYTES, at + DIRECTORY_ENTRY_BYTES + nameBytes),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (directory.readUInt16LE(at + 8) & 1) === 1,
      packedBytes: directory.readUInt32LE(at + 20),
      at: directory.readUInt32LE(at + 42),
    });
    at = next;
  }
  return entries;
}

async function readAt(file: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await file.read(buffer, 0, bytes, at);
  if (bytesRead < bytes) throw new FileFault('not-a-workbook');
  return buffer;
}

import { crc32, createDeflateRaw } from 'node:zlib';

const LOCAL_SIGNATURE = 0x04034b50;
const DESCRIPTOR_SIGNATURE = 0x08074b50;
const DIRECTORY_SIGNATURE = 0x02014b50;
const END_SIGNATURE = 0x06054b50;
const VERSION = 20;
/** Sizes follow the content, and names are UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
/** 1 January 1980, the first day the format knows. */
const DATE = 0x21;
const MAX_BYTES = 0xffffffff;

interface Written {
  readonly name: Buffer;
  readonly at: number;
  readonly crc: number;
  readonly packedBytes: number;
  readonly bytes: number;
}

/** A ZIP archive written while its files are made: nothing of them is kept but names and sizes. */
export async function* writeZip(
  files: Iterable<readonly [name: string, content: AsyncIterable<string> | Iterable<string>]>,
): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let at = 0;
  for (const [text, content] of files) {
    const name = Buffer.from(text);
    const start = at;
    const header = localHeader(name);
    yield header;
    at += header.length;
    const state = { crc: 0, bytes: 0 };
    let packedBytes = 0;
    for await (const chunk of deflated(content, state)) {
      yield chunk;
      packedBytes += chunk.length;
    }
    at += packedBytes;
    if (state.bytes > MAX_BYTES || at > MAX_BYTES) throw new RangeError('The archive is larger than its format allows');
    const file = { name, at: start, packedBytes, ...state };
    const tail = descriptor(file);
    yield tail;
    at += tail.length;
    written.push(file);
  }
  const directory = Buffer.concat(written.map(directoryEntry));
  yield directory;
  yield endOf(written.length, directory.length, at);
}

async function* deflated(
  content: AsyncIterable<string> | Iterable<string>,
  state: { crc: number; bytes: number },
): AsyncGenerator<Buffer> {
  const packer = createDeflateRaw({ level: 3 });
  async function feed(): Promise<void> {
    for await (const text of content) {
      const bytes = Buffer.from(text);
      state.crc = crc32(bytes, state.crc);
      state.bytes += bytes.length;
      if (!packer.write(bytes)) await new Promise((resolve) => packer.once('drain', resolve));
    }
    packer.end();
  }
  const feeding = feed().catch((error: unknown) => {
    packer.destroy(error instanceof Error ? error : new Error(String(error)));
  });
  try {
    // A stream of bytes.
    yield* packer as AsyncIterable<Buffer>;
    await feeding;
  } finally {
    packer.destroy();
  }
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt16LE(DATE, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor({ crc, packedBytes, bytes }: Written): Buffer {
  const tail = Buffer.alloc(16);
  tail.writeUInt32LE(DESCRIPTOR_SIGNATURE, 0);
  tail.writeUInt32LE(crc, 4);
  tail.writeUInt32LE(packedBytes, 8);
  tail.writeUInt32LE(bytes, 12);
  return tail;
}

function directoryEntry({ name, at, crc, packedBytes, bytes }: Written): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(DIRECTORY_SIGNATURE, 0);
  entry.writeUInt16LE(VERSION, 4);
  entry.writeUInt16LE(VERSION, 6);
  entry.writeUInt16LE(FLAGS, 8);
  entry.writeUInt16LE(DEFLATED, 10);
  entry.writeUInt16LE(DATE, 14);
  entry.writeUInt32LE(crc, 16);
  entry.writeUInt32LE(packedBytes, 20);
  entry.writeUInt32LE(bytes, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt32LE(at, 42);
  return Buffer.concat([entry, name]);
}

function endOf(files: number, directoryBytes: number, at: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(files, 8);
  end.writeUInt16LE(files, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(at, 16);
  return end;
}

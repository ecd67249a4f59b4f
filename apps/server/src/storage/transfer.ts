import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { RemotePath } from './remote-path.ts';
import type { StorageDoor } from './storage-door.ts';
import { objectPath } from './storage-files.ts';

export interface UploadFacts {
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
}

/** Types of text, which bytes do not tell. The server knows the others by their beginning. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mjs': 'text/javascript',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.xml': 'application/xml',
};

/** Counts what passes, for whoever watches. */
export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  #bytes = 0;
  #shownAt = 0;

  constructor(terminal: Terminal, what: string) {
    this.#terminal = terminal;
    this.#what = what;
  }

  counter(): Transform {
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.#bytes += chunk.length;
        this.#show();
        done(null, chunk);
      },
    });
  }

  #show(): void {
    const now = performance.now();
    if (now - this.#shownAt < 200) return;
    this.#shownAt = now;
    this.#terminal.progress(`${this.#what} ${(this.#bytes / 2 ** 20).toFixed(1)} MiB`);
  }

  end(): void {
    this.#terminal.progress('');
  }
}

/** Sends a file, a piece at a time whatever its size. */
export async function uploadFile(
  door: StorageDoor,
  file: string,
  to: RemotePath,
  { contentType, cacheControl }: UploadFacts,
  progress: Progress,
): Promise<void> {
  const type = contentType ?? TYPES[extname(file).toLowerCase()];
  const { size } = await stat(file).catch(unreadable(file));
  const body = createReadStream(file).pipe(progress.counter());
  await door(objectPath(to), {
    method: 'POST',
    body: Readable.toWeb(body) as ReadableStream,
    duplex: 'half',
    headers: {
      'x-upsert': 'true',
      'content-length': String(size),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
    },
  });
}

/** Fetches a file. It gets its name when all of it is there. */
export async function downloadFile(
  door: StorageDoor,
  from: RemotePath,
  file: string,
  progress: Progress,
): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.part`;
  const { body } = await door(objectPath(from));
  try {
    await mkdir(dirname(file), { recursive: true });
    // A name of our own that nobody has: nothing is followed and nothing overwritten.
    await (await open(unfinished, 'wx')).close();
    const source = body === null ? Readable.from([]) : Readable.fromWeb(body);
    await pipeline(source, progress.counter(), createWriteStream(unfinished));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw cliErrors.fileUnwritable({ file, reason: reasonOf(error) }, { cause: error });
  }
}

export function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    throw cliErrors.fileUnreadable({ file, reason: reasonOf(error) }, { cause: error });
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown';
}

import { randomUUID } from 'node:crypto';
import { mkdtemp, open, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examined } from './examine-file.ts';
import { tableErrors } from '../table-errors.ts';

/** A file somebody sent, to be loaded into a table of one project. */
export interface Upload {
  readonly id: string;
  readonly accountId: string;
  readonly ref: string;
  /** What its owner calls it; only ever shown. */
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  receivedBytes: number;
  /** What was found in it; null before anybody looked. */
  examined: Examined | null;
  /** Ends the work under way on it; null when there is none. */
  stop: AbortController | null;
  usedAt: number;
}

/** Where the rows that were not loaded are written down. */
export function faultsPathOf({ path }: Upload): string {
  return `${path}.faults.csv`;
}

const MAX_FILE_BYTES = 512 * 1024 * 1024;
const MAX_ALL_BYTES = 2 * 1024 * 1024 * 1024;
const MAX_UPLOADS = 32;
const MAX_UPLOADS_OF_ACCOUNT = 4;
const MAX_WORKING = 4;
const KEPT_MS = 60 * 60_000;
const PREFIX = 'ashlar-imports-';

/** Files on their way into tables, in a folder of this process that goes with it. */
export class UploadDesk {
  readonly #uploads = new Map<string, Upload>();
  #folder: Promise<string> | undefined;

  /** @throws {AshlarError} `control.import_too_large`, `control.import_busy`. */
  async begin(
    accountId: string,
    ref: string,
    file: { readonly name: string; readonly sizeBytes: number },
  ): Promise<Upload> {
    await this.#sweep();
    if (file.sizeBytes > MAX_FILE_BYTES)
      throw tableErrors.importTooLarge({ found: file.sizeBytes, limit: MAX_FILE_BYTES });
    const all = [...this.#uploads.values()];
    const bytes = all.reduce((sum, { sizeBytes }) => sum + sizeBytes, file.sizeBytes);
    const own = all.filter((upload) => upload.accountId === accountId);
    // Whoever comes back with another file is done with the oldest of theirs.
    const idle = own.filter(({ stop }) => stop === null).toSorted((one, other) => one.usedAt - other.usedAt)[0];
    if (own.length >= MAX_UPLOADS_OF_ACCOUNT && idle !== undefined) await this.#remove(idle);
    else if (all.length >= MAX_UPLOADS || bytes > MAX_ALL_BYTES || own.length >= MAX_UPLOADS_OF_ACCOUNT)
      throw tableErrors.importBusy();
    const id = randomUUID();
    const path = join(await this.#ownFolder(), id);
    await (await open(path, 'wx', 0o600)).close();
    const state = { receivedBytes: 0, examined: null, stop: null, usedAt: Date.now() };
    const upload: Upload = { id, accountId, ref, ...file, path, ...state };
    this.#uploads.set(id, upload);
    return upload;
  }

  /** @throws {AshlarError} `control.import_unknown` also for other people's and other projects'. */
  find(accountId: string, ref: string, id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.accountId !== accountId || upload.ref !== ref) throw tableErrors.importUnknown();
    upload.usedAt = Date.now();
    return upload;
  }

  /**
   * Takes the next piece. One that was taken before, and whose answer got lost, is taken once more for nothing.
   *
   * @throws {AshlarError} `control.import_place`, `control.import_too_large`.
   */
  async append(upload: Upload, offset: number, piece: Buffer): Promise<void> {
    const { receivedBytes, sizeBytes } = upload;
    if (offset + piece.length <= receivedBytes) return;
    if (offset !== receivedBytes || upload.stop !== null)
      throw tableErrors.importPlace({ offset, received: receivedBytes });
    if (offset + piece.length > sizeBytes)
      throw tableErrors.importTooLarge({ found: offset + piece.length, limit: sizeBytes });
    await this.work(upload, async () => {
      await using file = await open(upload.path, 'r+');
      await file.write(piece, 0, piece.length, offset);
      upload.receivedBytes = offset + piece.length;
    });
  }

  /** One thing at a time is done with a file, and few files are worked on at once. @throws {AshlarError} `control.import_busy`. */
  async work<Result>(upload: Upload, run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const working = [...this.#uploads.values()].filter(({ stop }) => stop !== null).length;
    if (upload.stop !== null || working >= MAX_WORKING) throw tableErrors.importBusy();
    const stop = new AbortController();
    upload.stop = stop;
    try {
      return await run(stop.signal);
    } finally {
      upload.stop = null;
      upload.usedAt = Date.now();
    }
  }

  /** Ends what is under way on it, and forgets it. */
  async remove(upload: Upload): Promise<void> {
    upload.stop?.abort();
    await this.#remove(upload);
  }

  async close(): Promise<void> {
    for (const { stop } of this.#uploads.values()) stop?.abort();
    this.#uploads.clear();
    const folder = await this.#folder?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #remove(upload: Upload): Promise<void> {
    this.#uploads.delete(upload.id);
    await rm(upload.path, { force: true });
    await rm(faultsPathOf(upload), { force: true });
  }

  async #sweep(): Promise<void> {
    const before = Date.now() - KEPT_MS;
    const old = [...this.#uploads.values()].filter(({ stop, usedAt }) => stop === null && usedAt < before);
    await Promise.all(old.map((upload) => this.#remove(upload)));
  }

  #ownFolder(): Promise<string> {
    this.#folder ??= makeFolder().catch((error: unknown) => {
      this.#folder = undefined;
      throw error;
    });
    return this.#folder;
  }
}

/** Named after this process, so that the next one can tell what a killed one left. */
async function makeFolder(): Promise<string> {
  const names = await readdir(tmpdir());
  const left = names.filter(
    (name) => name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length).split('-')[0])),
  );
  await Promise.all(
    left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined)),
  );
  return mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

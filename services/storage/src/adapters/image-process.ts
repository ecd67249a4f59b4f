import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type ImageRenderer,
  MAX_SOURCE_BYTES,
  MAX_SOURCE_PIXELS,
  type RenderedImage,
} from '../application/image-renderer.ts';
import { detectType, SNIFFED_BYTES } from '../domain/content-type.ts';
import { formatOfType, type ImageFormat, type ImageOrder } from '../domain/image-options.ts';
import { storageErrors } from '../domain/storage-errors.ts';

export interface ImageJob {
  readonly id: number;
  readonly source: Uint8Array;
  readonly order: ImageOrder;
  readonly maxPixels: number;
  readonly seconds: number;
}

export type ImageAnswer =
  | { readonly id: number; readonly bytes: Uint8Array; readonly format: string }
  | { readonly id: number; readonly tooLarge: true }
  | { readonly id: number; readonly failure: string };

export interface ImageProcessOptions {
  /** After this without work the process ends; it then costs nothing. */
  readonly idleMs?: number;
  readonly timeoutMs?: number;
}

/** Pictures in the making at the same time: as many as leave the machine to others. */
const AT_ONCE = 2;
const MAX_WAITING = 64;
const IDLE_MS = 30_000;
const TIMEOUT_MS = 10_000;
/** What the process may hold; a picture of the most pixels takes a third of it. */
const MAX_RESIDENT_BYTES = 1_073_741_824;
const WATCH_MS = 100;
const PAGE_BYTES = 4_096;

const NO_PICTURE = 'The object is not a picture that can be transformed: JPEG, PNG, GIF, WebP or AVIF';

interface Pending {
  readonly resolve: (answer: ImageAnswer) => void;
  readonly reject: (error: Error) => void;
}

/** Renders in a child process, which is started by the first picture and ended when there has been none for a while. */
export function createImageProcess({
  idleMs = IDLE_MS,
  timeoutMs = TIMEOUT_MS,
}: ImageProcessOptions = {}): ImageRenderer {
  const pending = new Map<number, Pending>();
  const waiting: (() => void)[] = [];
  let child: ChildProcess | null = null;
  let idle: NodeJS.Timeout | undefined;
  let watch: NodeJS.Timeout | undefined;
  let running = 0;
  let lastId = 0;

  function end(reason: Error): void {
    clearTimeout(idle);
    clearInterval(watch);
    const ended = child;
    child = null;
    ended?.removeAllListeners();
    // It may be gone already; nothing it could still say matters.
    ended?.on('error', () => undefined);
    ended?.kill('SIGKILL');
    for (const { reject } of pending.values()) reject(reason);
    pending.clear();
  }

  function start(): ChildProcess {
    const script = fileURLToPath(new URL('image-child.ts', import.meta.url));
    const started = fork(script, {
      serialization: 'advanced',
      execArgv: [],
      // Nothing of our environment is its business.
      env: { MALLOC_ARENA_MAX: '2', VIPS_BLOCK_UNTRUSTED: '1' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('message', (answer: ImageAnswer) => {
      const asked = pending.get(answer.id);
      pending.delete(answer.id);
      asked?.resolve(answer);
    });
    const gone = (): void => {
      if (child === started) end(storageErrors.imageTooCostly());
    };
    started.on('error', gone).on('exit', gone);
    watch = setInterval(() => void checkMemory(started), WATCH_MS).unref();
    return started;
  }

  /** Where the system tells what a process holds. */
  async function checkMemory(started: ChildProcess): Promise<void> {
    const pages = await readFile(`/proc/${started.pid}/statm`, 'utf8').catch(() => '');
    if (child === started && Number(pages.split(' ')[1] ?? 0) * PAGE_BYTES > MAX_RESIDENT_BYTES) {
      end(storageErrors.imageTooCostly());
    }
  }

  function ask(source: Buffer, order: ImageOrder): Promise<ImageAnswer> {
    clearTimeout(idle);
    child ??= start();
    const asked = child;
    const id = (lastId += 1);
    const job: ImageJob = { id, source, order, maxPixels: MAX_SOURCE_PIXELS, seconds: Math.ceil(timeoutMs / 1_000) };
    const { promise, resolve, reject } = Promise.withResolvers<ImageAnswer>();
    pending.set(id, { resolve, reject });
    const deadline = setTimeout(() => {
      if (pending.has(id)) end(storageErrors.imageTooCostly());
    }, timeoutMs);
    asked.send(job, (error) => {
      if (error !== null && child === asked) end(storageErrors.imageTooCostly({}, { cause: error }));
    });
    return promise.finally(() => {
      clearTimeout(deadline);
      if (pending.size > 0) return;
      // Two may end in one turn: the first one's clock must not go on.
      clearTimeout(idle);
      idle = setTimeout(() => end(storageErrors.imageTooCostly()), idleMs).unref();
    });
  }

  async function turn(): Promise<void> {
    if (running < AT_ONCE) {
      running += 1;
      return;
    }
    if (waiting.length >= MAX_WAITING) throw storageErrors.imagesBusy();
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function next(): void {
    const first = waiting.shift();
    if (first === undefined) running -= 1;
    else first();
  }

  return {
    async render(load, order) {
      await turn();
      try {
        const source = await load();
        const isPicture = formatOfType(detectType(source.subarray(0, SNIFFED_BYTES))) !== null;
        if (!isPicture) throw storageErrors.invalidRequest({ detail: NO_PICTURE });
        if (source.length > MAX_SOURCE_BYTES) throw tooLarge();
        return imageOf(await ask(source, order));
      } finally {
        next();
      }
    },
    close: () => end(storageErrors.imagesBusy()),
  };
}

function imageOf(answer: ImageAnswer): RenderedImage {
  if ('tooLarge' in answer) throw tooLarge();
  if ('failure' in answer) {
    // Sharp says so of a header with more pixels than it may decode.
    if (/exceeds pixel limit/i.test(answer.failure)) throw tooLarge();
    if (/timeout/i.test(answer.failure)) throw storageErrors.imageTooCostly();
    throw storageErrors.invalidRequest({ detail: NO_PICTURE });
  }
  const { buffer, byteOffset, byteLength } = answer.bytes;
  // The child answers with one of the formats it was asked for or the source has.
  return { bytes: Buffer.from(buffer, byteOffset, byteLength), format: answer.format as ImageFormat };
}

function tooLarge(): Error {
  const detail = `The picture is too large to be transformed: ${MAX_SOURCE_PIXELS} pixels and ${MAX_SOURCE_BYTES} bytes are the most`;
  return storageErrors.invalidRequest({ detail });
}

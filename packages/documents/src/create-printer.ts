import type { PrintedPage, PrintedPaper } from '@ashlar/kernel';
import type { CompileOrder } from './compile-order.ts';
import { type Compiler, type CompilerLimits, startCompiler } from './compiler.ts';
import { documentErrors } from './document-errors.ts';
import { pageData, type PrintOptions } from './page-data.ts';
import { printerEdition } from './printer-edition.ts';

export interface PrintRequest extends PrintOptions {
  readonly page: PrintedPage;
  readonly paper: PrintedPaper;
}

/** Makes pages of documents, in a process of its own that is started with the first and ended when nobody prints. */
export interface Printer {
  /**
   * The document as PDF: equal requests are equal bytes.
   *
   * @throws {AshlarError} `documents.too_large`, `documents.busy`.
   * @throws {Error} When the page could not be made: a fault of ours.
   */
  print(request: PrintRequest): Promise<Uint8Array>;
  /** What makes the pages, by its content: printers of one edition make equal bytes of equal requests. */
  readonly edition: string;
  close(): Promise<void>;
}

export interface PrinterOptions {
  /** Milliseconds for one page; its process is ended then. */
  readonly deadlineMs?: number;
  /** Memory beyond which the process gives way to a fresh one, after a page. */
  readonly memoryBytes?: number;
  /** Milliseconds without a page after which the process is ended. */
  readonly idleMs?: number;
}

const MAX_ROWS = 5000;
const MAX_WAITING = 100;
const DEFAULTS: CompilerLimits = { deadlineMs: 20_000, memoryBytes: 400 * 1024 * 1024, idleMs: 60_000 };

export function createPrinter(options: PrinterOptions = {}): Printer {
  const limits = { ...DEFAULTS, ...options };
  let compiler: Compiler | undefined;
  let edition: string | undefined;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  let closed = false;

  const compile = (order: Omit<CompileOrder, 'id'>): Promise<Uint8Array> => {
    if (closed) throw new Error('The printer is closed');
    if (compiler === undefined || compiler.isOver()) compiler = startCompiler(limits);
    return compiler.compile(order);
  };

  return {
    get edition() {
      return (edition ??= printerEdition());
    },
    async print({ page, paper, ...how }) {
      if (page.rows.length > MAX_ROWS) {
        throw documentErrors.tooLarge({ rows: page.rows.length, most: MAX_ROWS });
      }
      if (waiting >= MAX_WAITING) throw documentErrors.busy();
      waiting += 1;
      const order = {
        template: paper === 'a4' ? 'a4' : 'roll',
        data: pageData(page, how),
        madeAtSeconds: Math.floor(page.madeAt.getTime() / 1000),
      } as const;
      // One after the other: a process has one compiler, and a page takes milliseconds.
      const printed = last.then(() => compile(order));
      last = printed.then(
        () => undefined,
        () => undefined,
      );
      try {
        return await printed;
      } finally {
        waiting -= 1;
      }
    },
    async close() {
      closed = true;
      await last;
      await compiler?.end();
    },
  };
}

import type { z } from 'zod';
import { decodeText } from '../domain/decode-text.ts';
import { readCsv } from '../domain/read-csv.ts';
import type { importProducts } from './import-products.ts';

type Input = z.input<typeof importProducts.input>;
type Output = z.output<typeof importProducts.output>;

/** Rows of one command, which is one transaction. */
const BATCH = 1000;

export interface ImportFile {
  /** The file from its beginning; asked for twice when all rows or none are to be imported. */
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly mode: 'all' | 'valid-only';
  readonly dryRun: boolean;
  readonly send: (input: Input, options: { readonly dryRun: boolean }) => Promise<Output>;
  /** Hears of each fault of each row, in the order of the file. */
  readonly onFault: (fault: FileFault) => void;
}

export interface FileFault {
  /** Where the row begins in the file, from 1. */
  readonly line: number;
  readonly sku: string;
  readonly column: string;
  readonly code: string;
  readonly detail: string;
}

export interface ImportedFile {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly faulty: number;
  /** False: nothing was changed, because it was a dry run or a row was at fault. */
  readonly isDone: boolean;
}

/**
 * Imports a table of any length, a thousand rows at a time and no more than those in memory. Where all rows or none are
 * wanted, the whole file is tried first; what others change meanwhile, and a code that is in it twice more than a
 * thousand rows apart, can still stop it between two batches, and the same file again then does the rest.
 *
 * @throws {AshlarError} `product.import_malformed` for what is no table; what `send` throws.
 */
export async function importFile(file: ImportFile): Promise<ImportedFile> {
  if (file.mode === 'valid-only' || file.dryRun) {
    return { ...(await pass(file, file.mode, file.dryRun)), isDone: !file.dryRun };
  }
  const tried = await pass(file, 'all', true);
  if (tried.faulty > 0) return { ...tried, isDone: false };
  return { ...(await pass(file, 'all', false)), isDone: true };
}

async function pass({ open, send, onFault }: ImportFile, mode: Input['mode'], dryRun: boolean) {
  const sum = { created: 0, updated: 0, unchanged: 0, faulty: 0 };
  for await (const batch of batches(readCsv(decodeText(open())))) {
    const answer = await send({ rows: batch.map(({ cells }) => ({ ...cells })), mode }, { dryRun });
    for (const key of ['created', 'updated', 'unchanged', 'faulty'] as const) sum[key] += answer[key];
    for (const { row, column, code, detail } of answer.faults) {
      const { line = 0, cells = {} } = batch[row] ?? {};
      onFault({ line, sku: cells['sku'] ?? '', column, code, detail });
    }
  }
  return sum;
}

async function* batches<Row>(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

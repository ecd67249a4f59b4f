import { Readable } from 'node:stream';
import type { ResultRows } from '@ashlar/postgres';
import { type Answer, readAnswer } from './answer.ts';
import { notePassed } from './collect-young.ts';
import type { Prepared } from './prepare.ts';

/** An answer whose body is written while rows still come. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  readonly body: Readable;
}

/**
 * Joins rows that come one by one into one body, in memory that does not grow with their number. The first row
 * already tells how many there are, so status and headers are right before the last has come.
 *
 * @param pages Rows as `compileStream` selects them: JSON or CSV record, first row's JSON, number of rows, total.
 * @returns Null when there is no row to tell: the plain statement then answers.
 */
export async function streamAnswer(
  prepared: Prepared,
  pages: AsyncIterable<ResultRows>,
  plannedTotal: number | null,
): Promise<StreamedAnswer | null> {
  const iterator = pages[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return null;
  const page = first.value;
  const total = textOf(page.bytes(0, 3));
  const counted = { rows: Number(textOf(page.bytes(0, 2))), total: total === null ? plannedTotal : Number(total) };
  const { status, headers } = readAnswer(prepared, counted, '');
  const frame = prepared.media.kind === 'csv' ? csvFrame(page) : JSON_FRAME;
  return { status, headers, body: Readable.from(framed(page, iterator, frame), { objectMode: false }) };
}

/** What stands before, between and after the rows. */
interface Frame {
  readonly before: Buffer;
  readonly between: Buffer;
  readonly after: Buffer;
}

const NOTHING = Buffer.alloc(0);
const NULL = Buffer.from('null');
const JSON_FRAME: Frame = { before: Buffer.from('['), between: Buffer.from(','), after: Buffer.from(']') };

function csvFrame(page: ResultRows): Frame {
  // PostgreSQL wrote the object, so it parses, and its keys are the columns in order.
  const columns = Object.keys(JSON.parse(textOf(page.bytes(0, 1)) ?? '{}') as Readonly<Record<string, unknown>>);
  return { before: Buffer.from(`${columns.join(',')}\n`), between: Buffer.from('\n'), after: NOTHING };
}

function textOf(bytes: Buffer | null): string | null {
  return bytes?.toString() ?? null;
}

/** One chunk for each page, copied as bytes: rows made into texts and back would cost more than all the rest. */
async function* framed(first: ResultRows, rest: AsyncIterator<ResultRows>, frame: Frame): AsyncGenerator<Buffer> {
  try {
    yield joined(first, frame.before, frame.between);
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield joined(next.value, frame.between, frame.between);
    }
    if (frame.after.length > 0) yield frame.after;
  } finally {
    // The client may be gone before the last row: then the connection must be given back here.
    await rest.return?.();
  }
}

function joined(page: ResultRows, before: Buffer, between: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let row = 0; row < page.length; row += 1) parts.push(row === 0 ? before : between, page.bytes(row, 0) ?? NULL);
  const chunk = Buffer.concat(parts);
  notePassed(chunk.length);
  return chunk;
}

import { Readable } from 'node:stream';
import { type Answer, readAnswer } from './answer.ts';
import type { Prepared } from './prepare.ts';

/** An answer whose body is written while rows still come. */
export interface StreamedAnswer extends Omit<Answer, 'body'> {
  readonly body: Readable;
}

/** Characters gathered before they are handed on: a write per row would cost more than the row. */
const CHUNK_LENGTH = 64 * 1024;

/**
 * Joins rows that come one by one into one body, in memory that does not grow with their number. The first row
 * already tells how many there are, so status and headers are right before the last has come.
 *
 * @param rows As `compileStream` selects them: JSON or CSV record, first row's JSON, number of rows, total.
 * @returns Null when there is no row to tell: the plain statement then answers.
 */
export async function streamAnswer(
  prepared: Prepared,
  rows: AsyncIterable<readonly (string | null)[]>,
  plannedTotal: number | null,
): Promise<StreamedAnswer | null> {
  const iterator = rows[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return null;
  const [, , count, total] = first.value;
  const counted = { rows: Number(count), total: total == null ? plannedTotal : Number(total) };
  const { status, headers } = readAnswer(prepared, counted, '');
  const texts = prepared.media.kind === 'csv' ? csvTexts(first.value, iterator) : jsonTexts(first.value, iterator);
  return { status, headers, body: Readable.from(inChunks(texts), { objectMode: false }) };
}

type Rows = AsyncIterator<readonly (string | null)[]>;

async function* jsonTexts(first: readonly (string | null)[], rest: Rows): AsyncGenerator<string> {
  yield `[${first[0] ?? 'null'}`;
  yield* following(rest, ',');
  yield ']';
}

async function* csvTexts(first: readonly (string | null)[], rest: Rows): AsyncGenerator<string> {
  // PostgreSQL wrote the object, so it parses, and its keys are the columns in order.
  const columns = Object.keys(JSON.parse(first[1] ?? '{}') as Readonly<Record<string, unknown>>);
  yield `${columns.join(',')}\n${first[0] ?? ''}`;
  yield* following(rest, '\n');
}

async function* following(rest: Rows, separator: string): AsyncGenerator<string> {
  try {
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      yield separator + (next.value[0] ?? 'null');
    }
  } finally {
    // The client may be gone before the last row: then the connection must be given back here.
    await rest.return?.();
  }
}

async function* inChunks(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const text of texts) {
    chunk += text;
    if (chunk.length < CHUNK_LENGTH) continue;
    yield Buffer.from(chunk);
    chunk = '';
  }
  if (chunk !== '') yield Buffer.from(chunk);
}

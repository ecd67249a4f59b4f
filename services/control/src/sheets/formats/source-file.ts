import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { CsvReader, guessDelimiter } from './csv-reader.ts';
import { decodeText, isUtf8, markedEncoding, type TextEncodingName } from './decode-text.ts';
import { JsonReader } from './json-reader.ts';
import { type Cell, FileFault, MAX_CELL_LENGTH, MAX_COLUMNS, type SourceRow } from './source-row.ts';
import { openWorkbook } from './xlsx-rows.ts';

/** How a file is to be read. */
export type FileForm =
  | {
      readonly format: 'csv';
      readonly encoding: TextEncodingName;
      readonly delimiter: string;
      /** Whether the first row names the columns. */
      readonly headings: boolean;
    }
  | { readonly format: 'json'; readonly encoding: TextEncodingName }
  | { readonly format: 'xlsx'; readonly sheet: string; readonly headings: boolean };

const SAMPLE_BYTES = 65_536;

/** What a file is by its content, whatever it is called. @throws {FileFault} */
export async function detectForm(path: string): Promise<FileForm & { readonly sheets: readonly string[] }> {
  const start = await readStart(path);
  if (start.length === 0) throw new FileFault('empty');
  if (start.readUInt32BE(0) === 0x504b0304) {
    const sheets = (await openWorkbook(path)).sheets.map(({ name }) => name);
    return { format: 'xlsx', sheet: sheets[0] ?? '', headings: true, sheets };
  }
  // The container of older spreadsheets, and of those with a password.
  if (start.readUInt32BE(0) === 0xd0cf11e0) throw new FileFault('not-a-workbook');
  const marked = markedEncoding(start);
  if (marked === null && start.includes(0)) throw new FileFault('not-text');
  const encoding = marked ?? ((await isUtf8(createReadStream(path))) ? 'utf-8' : 'windows-1256');
  const sample = new TextDecoder(encoding).decode(start);
  if (sample.trim() === '') throw new FileFault('empty');
  if (/^\s*(\[\s*(\{|\]|$)|\{)/.test(sample)) return { format: 'json', encoding, sheets: [] };
  return { format: 'csv', encoding, delimiter: guessDelimiter(sample), headings: true, sheets: [] };
}

async function readStart(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
  return bytesRead < 4
    ? Buffer.concat([buffer.subarray(0, bytesRead), Buffer.from(bytesRead === 0 ? '' : '\n\n\n')])
    : buffer.subarray(0, bytesRead);
}

/** The names of a file's columns, each another: from its headings, or counted. JSON has those of its first rows. */
export async function readHeadings(path: string, form: FileForm): Promise<readonly string[]> {
  if (form.format === 'json') return readMembers(path, form.encoding);
  for await (const { cells } of rawRows(path, form)) {
    return distinct(cells.map((cell, at) => (form.headings ? (cell ?? '').trim() : '') || `column_${at + 1}`));
  }
  throw new FileFault('empty');
}

/** Rows of JSON that are looked at for names of columns. */
const MEMBERS_FROM_ROWS = 10_000;

async function readMembers(path: string, encoding: TextEncodingName): Promise<readonly string[]> {
  const names = new Set<string>();
  let rows = 0;
  for await (const item of jsonItems(path, encoding)) {
    for (const name of item?.keys() ?? []) names.add(name);
    rows += 1;
    if (names.size > MAX_COLUMNS) throw new FileFault('too-many-columns', rows);
    if (rows >= MEMBERS_FROM_ROWS) break;
  }
  if (names.size === 0) throw new FileFault('empty');
  return [...names];
}

function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let next = 2; taken.has(free); next += 1) free = `${name}_${next}`;
    taken.add(free);
    return free;
  });
}

/**
 * The rows below the headings, each with a cell for every column; one with more or fewer cells has a fault.
 *
 * @throws {FileFault} What makes the rest of the file unreadable.
 */
export async function* readRows(path: string, form: FileForm, columns: readonly string[]): AsyncGenerator<SourceRow> {
  if (form.format === 'json') {
    let number = 0;
    for await (const item of jsonItems(path, form.encoding)) {
      number += 1;
      if (item === null) yield { number, cells: [], fault: 'not-an-object' };
      else yield checked({ number, cells: columns.map((name) => item.get(name) ?? null) }, columns.length);
    }
    return;
  }
  let isHeading = form.headings;
  for await (const { number, cells } of rawRows(path, form)) {
    if (isHeading) isHeading = false;
    else
      yield checked(
        form.format === 'xlsx' ? { number, cells: padded(cells, columns.length) } : { number, cells },
        columns.length,
      );
  }
}

/** A sheet does not store the empty cells at the end of its rows. */
function padded(cells: readonly Cell[], length: number): readonly Cell[] {
  return cells.length >= length ? cells : [...cells, ...Array<null>(length - cells.length).fill(null)];
}

function checked(row: SourceRow, columns: number): SourceRow {
  const { number } = row;
  // Empty cells behind the last column are a spreadsheet's way to end a line.
  const cells =
    row.cells.length > columns && row.cells.slice(columns).every((cell) => cell === null)
      ? row.cells.slice(0, columns)
      : row.cells;
  if (cells.length > columns) return { number, cells, fault: 'too-many-cells' };
  if (cells.length < columns) return { number, cells, fault: 'too-few-cells' };
  if (cells.some((cell) => cell !== null && cell.length > MAX_CELL_LENGTH)) {
    return { number, cells: cells.map((cell) => cell?.slice(0, 200) ?? null), fault: 'cell-too-large' };
  }
  const isText = cells.every((cell) => cell === null || (!cell.includes('\0') && cell.isWellFormed()));
  return isText ? { number, cells } : { number, cells, fault: 'not-text' };
}

async function* rawRows(
  path: string,
  form: Exclude<FileForm, { readonly format: 'json' }>,
): AsyncGenerator<{ readonly number: number; readonly cells: readonly Cell[] }> {
  if (form.format === 'xlsx') {
    const workbook = await openWorkbook(path);
    const sheet = workbook.sheets.find(({ name }) => name === form.sheet);
    if (sheet === undefined) throw new FileFault('not-a-workbook');
    yield* workbook.rows(sheet);
    return;
  }
  const reader = new CsvReader(form.delimiter);
  for await (const text of decodeText(createReadStream(path), form.encoding)) yield* reader.push(text);
  yield* reader.end();
}

async function* jsonItems(path: string, encoding: TextEncodingName): AsyncGenerator<ReadonlyMap<string, Cell> | null> {
  const reader = new JsonReader();
  for await (const text of decodeText(createReadStream(path), encoding)) yield* reader.push(text);
  yield* reader.end();
}

import { productErrors } from './product-errors.ts';
import { readCell } from './write-csv.ts';

/** Bounds of one row: more is no table a person made. */
const MOST_COLUMNS = 200;
const LONGEST_CELL = 32_768;
const DELIMITERS = [',', ';', '\t', '|'];

export interface CsvRow {
  /** Of the line in the file where the row begins, from 1. */
  readonly line: number;
  /** By the name of the column in the first row. */
  readonly cells: Readonly<Record<string, string>>;
}

/**
 * The rows of a table in text, by the names in its first row. Cells in quotes may hold delimiters, line ends and
 * doubled quotes; empty lines are passed over.
 *
 * @throws {AshlarError} `product.import_malformed` for what is no such table.
 */
export async function* readCsv(texts: AsyncIterable<string>): AsyncGenerator<CsvRow> {
  let header: readonly string[] | undefined;
  for await (const { line, cells } of readRecords(texts)) {
    if (cells.every((cell) => cell.trim() === '')) continue;
    if (header === undefined) {
      header = columnNames(cells);
      continue;
    }
    if (cells.length > header.length)
      throw malformed(`line ${line} has ${cells.length} cells, the first row ${header.length}`);
    yield {
      line,
      cells: Object.fromEntries(header.map((name, index) => [name, readCell(cells[index]?.trim() ?? '')])),
    };
  }
}

/** The delimiter of a table: which of the usual ones its first line has most of. */
function detectDelimiter(firstLine: string): string {
  const outside = firstLine.replace(/"[^"]*"/g, '');
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: outside.split(delimiter).length }));
  return counted.reduce((best, one) => (one.count > best.count ? one : best)).delimiter;
}

async function* readRecords(texts: AsyncIterable<string>): AsyncGenerator<{ line: number; cells: string[] }> {
  let pending = '';
  let delimiter: string | undefined;
  let parser: RecordParser | undefined;
  for await (const text of texts) {
    if (parser === undefined) {
      pending += text;
      const end = /[\r\n]/.exec(pending)?.index;
      if (end === undefined && pending.length < LONGEST_CELL) continue;
      delimiter = detectDelimiter(pending.slice(0, end));
      parser = new RecordParser(delimiter);
      yield* parser.push(pending.replace(/^\uFEFF/, ''));
      continue;
    }
    yield* parser.push(text);
  }
  parser ??= new RecordParser(detectDelimiter(pending));
  if (delimiter === undefined) yield* parser.push(pending.replace(/^\uFEFF/, ''));
  yield* parser.end();
}

/** Takes a table character by character; quotes decide what ends a cell. */
class RecordParser {
  readonly #delimiter: string;
  #cells: string[] = [];
  #cell = '';
  #line = 1;
  #beganAt = 1;
  #state: 'plain' | 'quoted' | 'quote-in-quoted' = 'plain';
  #sawReturn = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  *push(text: string): Generator<{ line: number; cells: string[] }> {
    for (const character of text) {
      if (character === '\n' && this.#sawReturn) {
        this.#sawReturn = false;
        if (this.#state === 'quoted') this.#cell += character;
        continue;
      }
      this.#sawReturn = character === '\r';
      const isLineEnd = character === '\n' || character === '\r';
      if (isLineEnd) this.#line += 1;
      if (this.#state === 'quoted') {
        if (character === '"') this.#state = 'quote-in-quoted';
        else this.#add(character);
        continue;
      }
      if (this.#state === 'quote-in-quoted') {
        this.#state = 'plain';
        if (character === '"') {
          this.#state = 'quoted';
          this.#add(character);
          continue;
        }
      }
      if (character === this.#delimiter) this.#endCell();
      else if (isLineEnd) yield this.#endRecord();
      else if (character === '"' && this.#cell === '') this.#state = 'quoted';
      else this.#add(character);
    }
  }

  *end(): Generator<{ line: number; cells: string[] }> {
    if (this.#state === 'quoted') throw malformed(`a quote opened in line ${this.#beganAt} is never closed`);
    if (this.#cell !== '' || this.#cells.length > 0) yield this.#endRecord();
  }

  #add(character: string): void {
    if (this.#cell.length >= LONGEST_CELL)
      throw malformed(`a cell of line ${this.#beganAt} is longer than ${LONGEST_CELL}`);
    this.#cell += character;
  }

  #endCell(): void {
    if (this.#cells.length >= MOST_COLUMNS)
      throw malformed(`line ${this.#beganAt} has more than ${MOST_COLUMNS} cells`);
    this.#cells.push(this.#cell);
    this.#cell = '';
  }

  #endRecord(): { line: number; cells: string[] } {
    this.#endCell();
    const record = { line: this.#beganAt, cells: this.#cells };
    this.#cells = [];
    this.#beganAt = this.#line;
    return record;
  }
}

function columnNames(cells: readonly string[]): string[] {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (repeated !== undefined) throw malformed(`the column ${repeated} is there twice`);
  return names;
}

function malformed(reason: string): Error {
  return productErrors.importMalformed({ reason });
}

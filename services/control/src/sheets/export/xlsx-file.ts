import type { Cell } from '../formats/source-row.ts';
import { writeZip } from './zip-writer.ts';

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
/** Rows of one sheet, its headings included; more go to the next one. */
const MAX_SHEET_ROWS = 1_048_576;
const MAX_SHEETS = 20;
/** Characters a cell of a spreadsheet can hold. */
const MAX_CELL_LENGTH = 32_767;
/** Spreadsheets keep fifteen figures: longer numbers are written as texts, so that none is rounded. */
const EXACT_NUMBER = /^-?(?=(?:\.?\d){1,15}$)\d+(?:\.\d+)?$/;
const NUMERIC = /^(smallint|integer|bigint|numeric|real|double precision)/;

export interface Sheets {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly pages: AsyncIterable<readonly (readonly Cell[])[]>;
  /** Whether the first column stands at the right. */
  readonly isLeftward: boolean;
}

/** A workbook written while its rows come. A text is a text: no spreadsheet computes what is in it. */
export async function* writeXlsx({ columns, pages, isLeftward }: Sheets): AsyncGenerator<Buffer> {
  const feed = new RowFeed(pages);
  const numbers = columns.map(({ type }) => NUMERIC.test(type));
  const heading = rowXml(
    1,
    columns.map(({ name }) => name),
    columns.map(() => false),
  );
  let sheets = 0;
  function* files(): Generator<readonly [string, AsyncIterable<string> | Iterable<string>]> {
    do {
      sheets += 1;
      yield [`xl/worksheets/sheet${sheets}.xml`, sheetXml(feed, heading, numbers, isLeftward)];
    } while (!feed.isOver && sheets < MAX_SHEETS);
    if (!feed.isOver) throw new RangeError('There are more rows than a workbook can hold');
    yield ['[Content_Types].xml', [contentTypes(sheets)]];
    yield ['_rels/.rels', [relations([['officeDocument', 'xl/workbook.xml']])]];
    const targets = Array.from({ length: sheets }, (_, at) => ['worksheet', `worksheets/sheet${at + 1}.xml`] as const);
    yield ['xl/_rels/workbook.xml.rels', [relations(targets)]];
    yield ['xl/workbook.xml', [workbook(sheets)]];
  }
  yield* writeZip(files());
}

/** Rows page by page, with a look at whether there are more. */
class RowFeed {
  readonly #pages: AsyncIterator<readonly (readonly Cell[])[]>;
  #page: readonly (readonly Cell[])[] = [];
  #at = 0;
  isOver = false;

  constructor(pages: AsyncIterable<readonly (readonly Cell[])[]>) {
    this.#pages = pages[Symbol.asyncIterator]();
  }

  /** Up to so many rows; none when there are none. */
  async take(most: number): Promise<readonly (readonly Cell[])[]> {
    if (this.#at >= this.#page.length) await this.#turn();
    const taken = this.#page.slice(this.#at, this.#at + most);
    this.#at += taken.length;
    if (this.#at >= this.#page.length) await this.#turn();
    return taken;
  }

  async #turn(): Promise<void> {
    const { done, value } = await this.#pages.next();
    this.isOver = done === true;
    this.#page = done === true ? [] : value;
    this.#at = 0;
  }
}

async function* sheetXml(
  feed: RowFeed,
  heading: string,
  numbers: readonly boolean[],
  isLeftward: boolean,
): AsyncGenerator<string> {
  const view = `<sheetView workbookViewId="0"${isLeftward ? ' rightToLeft="1"' : ''}><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>`;
  yield `${XML}<worksheet xmlns="${MAIN}"><sheetViews>${view}</sheetViews><sheetData>${heading}`;
  let written = 1;
  let rows = await feed.take(MAX_SHEET_ROWS - written);
  while (rows.length > 0) {
    const first = written + 1;
    yield rows.map((cells, at) => rowXml(first + at, cells, numbers)).join('');
    written += rows.length;
    rows = written < MAX_SHEET_ROWS ? await feed.take(MAX_SHEET_ROWS - written) : [];
  }
  yield '</sheetData></worksheet>';
}

function rowXml(row: number, cells: readonly Cell[], numbers: readonly boolean[]): string {
  const inner = cells.map((cell, at) =>
    cell === null ? '' : cellXml(`${lettersOf(at)}${row}`, cell, numbers[at] === true),
  );
  return `<row r="${row}">${inner.join('')}</row>`;
}

function cellXml(place: string, cell: string, isNumber: boolean): string {
  if (isNumber && EXACT_NUMBER.test(cell)) return `<c r="${place}"><v>${cell}</v></c>`;
  const text = escapeXml(cell.slice(0, MAX_CELL_LENGTH));
  return `<c r="${place}" t="inlineStr"><is><t xml:space="preserve">${text}</t></is></c>`;
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Signs XML cannot hold are written as spreadsheets write them. */
function escapeXml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"]/g, (sign) => ESCAPED[sign] ?? sign)
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- those are the signs
      /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g,
      (sign) => `_x${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`,
    );
}

function lettersOf(column: number): string {
  const rest = Math.floor(column / 26);
  return `${rest === 0 ? '' : lettersOf(rest - 1)}${String.fromCharCode(65 + (column % 26))}`;
}

function contentTypes(sheets: number): string {
  const type = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
  const parts = Array.from(
    { length: sheets },
    (_, at) => `<Override PartName="/xl/worksheets/sheet${at + 1}.xml" ContentType="${type}.worksheet+xml"/>`,
  );
  return `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${type}.sheet.main+xml"/>${parts.join('')}</Types>`;
}

function relations(targets: readonly (readonly [kind: string, target: string])[]): string {
  const inner = targets.map(
    ([kind, target], at) => `<Relationship Id="rId${at + 1}" Type="${RELATIONS}/${kind}" Target="${target}"/>`,
  );
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${inner.join('')}</Relationships>`;
}

function workbook(sheets: number): string {
  const inner = Array.from(
    { length: sheets },
    (_, at) => `<sheet name="Rows${at === 0 ? '' : ` ${at + 1}`}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
  );
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${inner.join('')}</sheets></workbook>`;
}

import { type Cell, FileFault, MAX_COLUMNS } from './source-row.ts';
import { attributeOf, readXml } from './xml-reader.ts';
import { type DateStyles, readDateStyles, serialDate } from './xlsx-dates.ts';
import { ZipEntries } from './zip-entries.ts';

/** Of each small part of a workbook, unpacked. */
const MAX_PART_BYTES = 64 * 1024 * 1024;
/** Of a sheet, unpacked: a million rows with fifty cells. */
const MAX_SHEET_BYTES = 2 * 1024 * 1024 * 1024;
/** Texts that cells share are all in memory. */
const MAX_SHARED_CHARACTERS = 64 * 1024 * 1024;
/** A few names of sheets are offered. */
const MAX_SHEETS = 200;

export interface Sheet {
  readonly name: string;
  readonly path: string;
}

export interface Workbook {
  readonly sheets: readonly Sheet[];
  /** Rows of a sheet; a formula is what it came to when the file was written. @throws {FileFault} */
  readonly rows: (sheet: Sheet) => AsyncGenerator<{ readonly number: number; readonly cells: readonly Cell[] }>;
}

/** @throws {FileFault} */
export async function openWorkbook(path: string): Promise<Workbook> {
  const zip = await ZipEntries.open(path);
  const { sheets, is1904 } = await readSheets(zip);
  return {
    sheets,
    async *rows({ path: part }) {
      const texts = await readSharedTexts(zip);
      const styles = await readDateStyles(zip, MAX_PART_BYTES);
      yield* readRows(zip, part, { texts, styles, is1904 });
    },
  };
}

async function readSheets(zip: ZipEntries): Promise<{ readonly sheets: readonly Sheet[]; readonly is1904: boolean }> {
  const targets = new Map<string, string>();
  for await (const piece of readXml(zip.read('xl/_rels/workbook.xml.rels', MAX_PART_BYTES))) {
    if (piece.kind !== 'begin' || piece.name !== 'Relationship') continue;
    const [id, target] = [attributeOf(piece.attributes, 'Id'), attributeOf(piece.attributes, 'Target')];
    if (id !== null && target !== null) targets.set(id, target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  }
  const sheets: Sheet[] = [];
  let is1904 = false;
  for await (const piece of readXml(zip.read('xl/workbook.xml', MAX_PART_BYTES))) {
    if (piece.kind !== 'begin') continue;
    if (piece.name === 'workbookPr') is1904 = /^(1|true)$/.test(attributeOf(piece.attributes, 'date1904') ?? '');
    if (piece.name !== 'sheet' || sheets.length >= MAX_SHEETS) continue;
    const path = targets.get(attributeOf(piece.attributes, 'id') ?? '');
    if (path !== undefined && zip.has(path)) sheets.push({ name: attributeOf(piece.attributes, 'name') ?? path, path });
  }
  if (sheets.length === 0) throw new FileFault('not-a-workbook');
  return { sheets, is1904 };
}

async function readSharedTexts(zip: ZipEntries): Promise<readonly string[]> {
  const name = 'xl/sharedStrings.xml';
  const texts: string[] = [];
  if (!zip.has(name)) return texts;
  let item = '';
  let isText = false;
  let isReading = false;
  let characters = 0;
  for await (const piece of readXml(zip.read(name, MAX_SHEET_BYTES))) {
    if (piece.kind === 'text') {
      if (isText && !isReading) item += piece.text;
    } else if (piece.name === 'si') {
      if (piece.kind === 'begin') item = '';
      else {
        texts.push(unescapeControls(item));
        characters += item.length + 1;
        if (characters > MAX_SHARED_CHARACTERS) throw new FileFault('workbook-too-large');
      }
    } else if (piece.name === 'rPh') isReading = piece.kind === 'begin';
    else if (piece.name === 't') isText = piece.kind === 'begin';
  }
  return texts;
}

interface Lookups {
  readonly texts: readonly string[];
  readonly styles: DateStyles;
  readonly is1904: boolean;
}

async function* readRows(
  zip: ZipEntries,
  part: string,
  lookups: Lookups,
): AsyncGenerator<{ readonly number: number; readonly cells: readonly Cell[] }> {
  let number = 0;
  let cells: Cell[] = [];
  let column = 0;
  let type = '';
  let style = 0;
  let value: string | null = null;
  let isValue = false;
  for await (const piece of readXml(zip.read(part, MAX_SHEET_BYTES))) {
    if (piece.kind === 'text') {
      if (isValue) value = (value ?? '') + piece.text;
    } else if (piece.name === 'v' || piece.name === 't') isValue = piece.kind === 'begin';
    else if (piece.name === 'c') {
      if (piece.kind === 'begin') {
        const at = columnOf(attributeOf(piece.attributes, 'r'));
        column = at ?? cells.length;
        type = attributeOf(piece.attributes, 't') ?? 'n';
        style = Number(attributeOf(piece.attributes, 's') ?? 0);
        value = null;
        if (column >= MAX_COLUMNS) throw new FileFault('too-many-columns', number);
      } else {
        while (cells.length < column) cells.push(null);
        cells[column] = cellOf(value, type, style, lookups);
      }
    } else if (piece.name === 'row') {
      if (piece.kind === 'begin') {
        number = Number(attributeOf(piece.attributes, 'r') ?? number + 1);
        cells = [];
      } else if (cells.some((cell) => cell !== null)) yield { number, cells };
    }
  }
}

function cellOf(value: string | null, type: string, style: number, { texts, styles, is1904 }: Lookups): Cell {
  if (value === null) return null;
  switch (type) {
    case 's':
      return texts[Number(value)] ?? null;
    case 'b':
      return value === '1' ? 'true' : 'false';
    case 'n': {
      const kind = styles.kindOf(style);
      return kind === null ? plainNumber(value) : serialDate(Number(value), kind, is1904);
    }
    default:
      return unescapeControls(value);
  }
}

/** `1E5` is how a spreadsheet writes a hundred thousand; whole columns do not take that. */
function plainNumber(text: string): string {
  if (!/e/i.test(text)) return text;
  const number = Number(text);
  return Number.isSafeInteger(number) ? String(number) : text;
}

/** `BC12` is column 54. */
function columnOf(place: string | null): number | null {
  const letters = /^[A-Z]{1,3}/.exec(place ?? '')?.[0];
  if (letters === undefined) return null;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** Signs XML cannot hold are written `_x000A_`. */
function unescapeControls(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replaceAll(/_x([0-9A-F]{4})_/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

import type { ZipEntries } from './zip-entries.ts';
import { attributeOf, readXml } from './xml-reader.ts';

export type DateKind = 'date' | 'time' | 'both';

/** Which styles of a workbook show a number as a date or a time; nothing else tells one from a number. */
export interface DateStyles {
  readonly kindOf: (style: number) => DateKind | null;
}

const BUILT_IN: Readonly<Record<number, DateKind>> = {
  14: 'date', 15: 'date', 16: 'date', 17: 'date', 18: 'time', 19: 'time', 20: 'time', 21: 'time', 22: 'both',
  45: 'time', 46: 'time', 47: 'time',
}; // prettier-ignore

export async function readDateStyles(zip: ZipEntries, maxBytes: number): Promise<DateStyles> {
  const name = 'xl/styles.xml';
  const formats = new Map<number, string>();
  const styles: number[] = [];
  let isCellStyles = false;
  if (zip.has(name)) {
    for await (const piece of readXml(zip.read(name, maxBytes))) {
      if (piece.kind === 'text') continue;
      if (piece.name === 'cellXfs') isCellStyles = piece.kind === 'begin';
      if (piece.kind !== 'begin') continue;
      const id = Number(attributeOf(piece.attributes, 'numFmtId') ?? 0);
      if (piece.name === 'numFmt') formats.set(id, attributeOf(piece.attributes, 'formatCode') ?? '');
      if (piece.name === 'xf' && isCellStyles) styles.push(id);
    }
  }
  const kinds = styles.map((id) => BUILT_IN[id] ?? kindOfFormat(formats.get(id) ?? ''));
  return { kindOf: (style) => kinds[style] ?? null };
}

function kindOfFormat(code: string): DateKind | null {
  // Texts, colours and places are no part of what is shown of the number.
  const bare = code.replaceAll(/"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|[_*]./gi, '');
  const isDate = /[yd]/i.test(bare);
  const isTime = /[hs]/i.test(bare);
  if (isDate) return isTime ? 'both' : 'date';
  return isTime ? 'time' : null;
}

const DAY_MS = 86_400_000;
/** Day 0; of two kinds, because an early spreadsheet took 1900 for a leap year. */
const FIRST_DAY = Date.UTC(1899, 11, 30);
const FIRST_DAY_1904 = Date.UTC(1904, 0, 1);
const LAST_DAY = 2_958_466;

/** A spreadsheet's number of days as PostgreSQL reads a date, a time or both. */
export function serialDate(days: number, kind: DateKind, is1904: boolean): string {
  if (!(days >= 0 && days < LAST_DAY)) return String(days);
  const first = is1904 ? FIRST_DAY_1904 : days < 60 ? FIRST_DAY + DAY_MS : FIRST_DAY;
  // Fractions of days are rounded to the second, as spreadsheets show them.
  const [date = '', time = ''] = new Date(first + Math.round(days * 86_400) * 1000).toISOString().split('T');
  const clock = time.slice(0, 8);
  if (kind === 'time' && days < 1) return clock;
  return kind === 'date' && clock === '00:00:00' ? date : `${date} ${clock}`;
}

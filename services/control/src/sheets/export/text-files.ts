import type { Sheets } from './xlsx-file.ts';
import { csvLine } from './csv-line.ts';

/** CSV with a mark that tells spreadsheets it is UTF-8. */
export async function* writeCsv({ columns, pages }: Pick<Sheets, 'columns' | 'pages'>): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(columns.map(({ name }) => name))}`;
  for await (const rows of pages) yield rows.map((cells) => csvLine(cells)).join('');
}

const NUMERIC = /^(smallint|integer|bigint|numeric|real|double precision)/;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** An array of objects, a line each. Numbers are as the database writes them, JSON is JSON, the rest is text. */
export async function* writeJson({ columns, pages }: Pick<Sheets, 'columns' | 'pages'>): AsyncGenerator<string> {
  const keys = columns.map(({ name }) => JSON.stringify(name));
  let isFirst = true;
  yield '[';
  for await (const rows of pages) {
    const lines = rows.map((cells) => {
      const members = cells.map((cell, at) => `${keys[at]}:${jsonOf(cell, columns[at]?.type ?? '')}`);
      return `{${members.join(',')}}`;
    });
    yield `${isFirst ? '\n' : ',\n'}${lines.join(',\n')}`;
    isFirst = false;
  }
  yield '\n]\n';
}

function jsonOf(cell: string | null, type: string): string {
  if (cell === null) return 'null';
  if (NUMERIC.test(type) && JSON_NUMBER.test(cell)) return cell;
  if (type === 'boolean') return cell === 't' || cell === 'true' ? 'true' : 'false';
  return type === 'json' || type === 'jsonb' ? cell : JSON.stringify(cell);
}

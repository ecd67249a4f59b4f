import { restErrors } from '../rest-errors.ts';

/**
 * Rows of a CSV text (RFC 4180) whose first line names the columns. The unquoted word `NULL` is null, all else text.
 *
 * @throws PGRST102 when a line has more or fewer fields than the first.
 */
function parseCsv(text: string): {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
} {
  const [header, ...rows] = splitRecords(text);
  if (header === undefined) return { columns: [], rows: [] };
  if (rows.some((row) => row.length !== header.length)) {
    throw restErrors.badBody('All lines must have same number of fields');
  }
  return { columns: header.map((name) => name ?? 'NULL'), rows };
}

/** The same rows as a JSON array of objects, the form every statement reads its rows from. */
export function csvToJson(text: string): {
  readonly json: string;
  readonly columns: readonly string[];
  readonly rows: number;
} {
  const { columns, rows } = parseCsv(text);
  const keys = columns.map((column) => JSON.stringify(column));
  const objects = rows.map((row) => `{${row.map((value, index) => `${keys[index]}:${JSON.stringify(value)}`).join()}}`);
  return { json: `[${objects.join()}]`, columns, rows: rows.length };
}

function splitRecords(text: string): (string | null)[][] {
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  let position = 0;
  while (position < text.length) {
    const field = text[position] === '"' ? quotedField(text, position) : bareField(text, position);
    record.push(field.value);
    position = field.end;
    if (text[position] === ',') {
      position += 1;
      if (position < text.length) continue;
      record.push('');
    }
    if (text.startsWith('\r\n', position)) position += 2;
    else if (position < text.length) position += 1;
    records.push(record);
    record = [];
  }
  return records;
}

interface CsvField {
  readonly value: string | null;
  readonly end: number;
}

const FIELD_END = /[,\r\n]/g;

function bareField(text: string, start: number): CsvField {
  FIELD_END.lastIndex = start;
  const end = FIELD_END.exec(text)?.index ?? text.length;
  const value = text.slice(start, end);
  return { value: value === 'NULL' ? null : value, end };
}

function quotedField(text: string, start: number): CsvField {
  let value = '';
  let position = start + 1;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote === -1) throw restErrors.badBody('A quoted field is not closed');
    value += text.slice(position, quote);
    if (text[quote + 1] !== '"') {
      const next = text[quote + 1];
      if (next !== undefined && next !== ',' && next !== '\r' && next !== '\n') {
        throw restErrors.badBody('A quoted field is followed by other text');
      }
      return { value, end: quote + 1 };
    }
    value += '"';
    position = quote + 2;
  }
}

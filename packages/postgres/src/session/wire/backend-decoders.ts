import { DatabaseError } from 'pg';
import type { ResultField } from '../call.ts';

/** Values of a DataRow in text format, in order of the columns. */
export function decodeRow(buffer: Buffer, start: number): (string | null)[] {
  const count = buffer.readInt16BE(start);
  const row: (string | null)[] = [];
  let offset = start + 2;
  for (let index = 0; index < count; index++) {
    const length = buffer.readInt32BE(offset);
    offset += 4;
    if (length < 0) {
      row.push(null);
      continue;
    }
    row.push(buffer.toString('utf8', offset, offset + length));
    offset += length;
  }
  return row;
}

/** One value of a DataRow as the bytes it came as. */
export function sliceValue(buffer: Buffer, start: number, column: number): Buffer | null {
  const count = buffer.readInt16BE(start);
  if (column < 0 || column >= count) throw new RangeError(`Column ${column} of ${count}`);
  let offset = start + 2;
  for (let index = 0; index < column; index++) offset += 4 + Math.max(buffer.readInt32BE(offset), 0);
  const length = buffer.readInt32BE(offset);
  return length < 0 ? null : buffer.subarray(offset + 4, offset + 4 + length);
}

/** Names and types of a RowDescription; 18 bytes of each column follow its name. */
export function decodeFields(buffer: Buffer, start: number): readonly ResultField[] {
  const count = buffer.readInt16BE(start);
  const fields: ResultField[] = [];
  let offset = start + 2;
  for (let index = 0; index < count; index++) {
    const nameEnd = buffer.indexOf(0, offset);
    fields.push({ name: buffer.toString('utf8', offset, nameEnd), typeOid: buffer.readUInt32BE(nameEnd + 7) });
    offset = nameEnd + 19;
  }
  return fields;
}

export interface CommandTag {
  /** The verb: SELECT, INSERT, CREATE, … */
  readonly command: string;
  readonly rowCount: number;
}

/** `INSERT 0 3`, `SELECT 5`, `CREATE TABLE`: the first word, and the last if it is a number. */
export function decodeCommandTag(buffer: Buffer, start: number, end: number): CommandTag {
  const words = buffer.toString('latin1', start, end - 1).split(' ');
  const rowCount = words.length > 1 ? Number(words.at(-1)) : 0;
  return { command: words[0] ?? '', rowCount: Number.isInteger(rowCount) ? rowCount : 0 };
}

export function decodeNotification(buffer: Buffer, start: number, end: number): { channel: string; payload: string } {
  const channelStart = start + 4;
  const channelEnd = buffer.indexOf(0, channelStart);
  return {
    channel: buffer.toString('utf8', channelStart, channelEnd),
    payload: buffer.toString('utf8', channelEnd + 1, end - 1),
  };
}

/** A setting the server reports when it changes. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
}

export function decodeParameter(buffer: Buffer, start: number, end: number): Parameter {
  const nameEnd = buffer.indexOf(0, start);
  return { name: buffer.toString('utf8', start, nameEnd), value: buffer.toString('utf8', nameEnd + 1, end - 1) };
}

/** The driver's error with all the server said, so that callers need to know one class only. */
export function decodeError(buffer: Buffer, start: number, end: number): DatabaseError {
  const fields = new Map<string, string>();
  let offset = start;
  while (offset < end && buffer[offset] !== 0) {
    const valueEnd = buffer.indexOf(0, offset + 1);
    fields.set(String.fromCharCode(buffer[offset] ?? 0), buffer.toString('utf8', offset + 1, valueEnd));
    offset = valueEnd + 1;
  }
  const error = new DatabaseError(fields.get('M') ?? 'unknown error', end - start, 'error');
  // V is the severity untranslated, S in the server's language.
  error.severity = fields.get('V') ?? fields.get('S');
  error.code = fields.get('C');
  error.detail = fields.get('D');
  error.hint = fields.get('H');
  error.position = fields.get('P');
  error.internalPosition = fields.get('p');
  error.internalQuery = fields.get('q');
  error.where = fields.get('W');
  error.schema = fields.get('s');
  error.table = fields.get('t');
  error.column = fields.get('c');
  error.dataType = fields.get('d');
  error.constraint = fields.get('n');
  error.file = fields.get('F');
  error.line = fields.get('L');
  error.routine = fields.get('R');
  return error;
}

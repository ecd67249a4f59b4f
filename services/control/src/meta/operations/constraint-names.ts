const MAX_NAME_BYTES = 63;

/**
 * The name PostgreSQL gives an unnamed constraint, index or sequence of a table, as long as none has it: the longer of
 * the two parts gives way until the whole fits.
 *
 * @see src/backend/commands/indexcmds.c, makeObjectName
 */
export function constraintName(table: string, columns: readonly string[], label: string): string {
  const overhead = label.length + 1 + (columns.length > 0 ? 1 : 0);
  const available = MAX_NAME_BYTES - overhead;
  let first = Buffer.byteLength(table);
  const joined = columns.join('_');
  let second = Buffer.byteLength(joined);
  while (first + second > available) {
    if (first > second) first -= 1;
    else second -= 1;
  }
  const parts = [clip(table, first), ...(columns.length > 0 ? [clip(joined, second)] : []), label];
  return parts.join('_');
}

/** Never in the middle of a character. */
function clip(text: string, bytes: number): string {
  let clipped = '';
  let length = 0;
  for (const character of text) {
    length += Buffer.byteLength(character);
    if (length > bytes) break;
    clipped += character;
  }
  return clipped;
}

import { accept, EQUALITY, type FieldType, refuse } from './field-type.ts';
import { MAX_CELL_LENGTH } from './text.ts';

const SHOWN_DIGITS = 32;

/** `bytea` in PostgreSQL's hexadecimal spelling. */
export const byteaType: FieldType = {
  name: 'bytea',
  editor: 'lines',
  align: 'start',
  direction: 'ltr',
  isSortable: false,
  operators: EQUALITY,
  parse: (text) => {
    const digits = text
      .trim()
      .replace(/^(?:\\x|0x)/i, '')
      .replaceAll(/\s/g, '');
    if (digits.length > MAX_CELL_LENGTH) return refuse('tooLong');
    return /^(?:[\da-f]{2})*$/i.test(digits) ? accept(String.raw`\x${digits.toLowerCase()}`) : refuse('notBytes');
  },
  format: (value) => (value.length > SHOWN_DIGITS + 2 ? `${value.slice(0, SHOWN_DIGITS + 2)}…` : value),
};

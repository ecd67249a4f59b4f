import { accept, type FieldType, type Parsed, refuse } from '../types/field-type.ts';
import type { Reference } from '../types/foreign-key.ts';

/** One column of a grid. */
export interface Field {
  readonly id: string;
  readonly label: string;
  readonly type: FieldType;
  readonly isReadonly?: boolean;
  /** Whether NULL is a value of it; yes, unless said otherwise. */
  readonly isNullable?: boolean;
  /** Pixels, before anybody drags its edge. */
  readonly width?: number;
  readonly reference?: Reference;
  /** A word for the header, such as the type's name in PostgreSQL. */
  readonly hint?: string;
}

/** Whether the empty text is a value of the field rather than the absence of one. */
function holdsEmptyText(field: Field): boolean {
  return (
    field.type.name.startsWith('char') || ['text', 'varchar', 'bpchar', 'citext', 'name'].includes(field.type.name)
  );
}

/** Reads what was typed into a cell of this field. An empty input is NULL wherever no empty text exists. */
export function readTyped(field: Field, text: string, locale: string): Parsed {
  if (text === '' && !holdsEmptyText(field)) return readNull(field);
  return field.type.parse(text, locale);
}

/** Reads what came from a spreadsheet, which has no NULL: an empty cell is one where the field allows it. */
export function readPasted(field: Field, text: string | null, locale: string): Parsed {
  if (text !== null && text !== '') return field.type.parse(text, locale);
  return field.isNullable === false && text === '' && holdsEmptyText(field) ? accept('') : readNull(field);
}

/** NULL, where the field allows it. */
export function readNull(field: Field): Parsed {
  return field.isNullable === false ? refuse('required') : accept(null);
}

/** What the Delete key leaves. */
export function readCleared(field: Field): Parsed {
  return field.isNullable === false && holdsEmptyText(field) ? accept('') : readNull(field);
}

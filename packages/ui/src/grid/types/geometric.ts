import { accept, asStored, type FieldType, refuse } from './field-type.ts';
import { MAX_CELL_LENGTH } from './text.ts';

const ALLOWED = /^[\d\s.,()[\]{}<>eE+-]+$/;

/** `point`, `line`, `box`, `path`, `polygon` and `circle`, as text. PostgreSQL has the last word on their shape. */
export function geometricType(name: string): FieldType {
  return {
    name,
    editor: 'line',
    align: 'start',
    direction: 'ltr',
    isSortable: false,
    operators: ['is'],
    parse: (text) => {
      const trimmed = text.trim();
      if (trimmed.length > MAX_CELL_LENGTH) return refuse('tooLong');
      return ALLOWED.test(trimmed) && /\d/.test(trimmed) ? accept(trimmed) : refuse('notShape');
    },
    format: asStored,
  };
}

import { accept, asStored, type FieldType, refuse } from './field-type.ts';

/** More than a cell may hold is a file, and a browser would stand still over it. */
export const MAX_CELL_LENGTH = 1_000_000;

/** `text`, `varchar`, `citext` and every type the grid has no better idea of; a length bounds `varchar(n)`. */
export function textType(name: string, maxLength: number = MAX_CELL_LENGTH): FieldType {
  return {
    name,
    editor: 'lines',
    align: 'start',
    direction: 'auto',
    isSortable: true,
    operators: ['eq', 'neq', 'like', 'ilike', 'gt', 'gte', 'lt', 'lte', 'in', 'is'],
    // Code points, as PostgreSQL counts them.
    parse: (text) =>
      text.length > maxLength && Array.from(text).length > maxLength ? refuse('tooLong') : accept(text),
    format: asStored,
  };
}

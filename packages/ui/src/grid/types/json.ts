import { accept, type FieldType, refuse } from './field-type.ts';
import { MAX_CELL_LENGTH } from './text.ts';

/** `json` and `jsonb`: the text is checked and kept as it was written, so no number in it is rounded. */
export function jsonType(name: 'json' | 'jsonb'): FieldType {
  return {
    name,
    editor: 'json',
    align: 'start',
    direction: 'ltr',
    isSortable: false,
    operators: name === 'jsonb' ? ['eq', 'neq', 'cs', 'cd', 'is'] : ['is'],
    parse: (text) => {
      if (text.length > MAX_CELL_LENGTH) return refuse('tooLong');
      try {
        JSON.parse(text);
        return accept(text.trim());
      } catch {
        return refuse('notJson');
      }
    },
    format: (value) => value.replaceAll(/\s*\n\s*/g, ' '),
  };
}

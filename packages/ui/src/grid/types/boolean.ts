import { accept, type FieldType, refuse } from './field-type.ts';

const TRUE = new Set(['t', 'true', 'y', 'yes', 'on', '1', '✓', 'نعم', 'صح', 'صحيح']);
const FALSE = new Set(['f', 'false', 'n', 'no', 'off', '0', '✗', 'لا', 'خطأ']);

/** `boolean` with its third state, NULL. */
export const booleanType: FieldType = {
  name: 'boolean',
  editor: 'choice',
  align: 'center',
  direction: 'ltr',
  isSortable: true,
  operators: ['eq', 'neq', 'is'],
  choices: ['true', 'false'],
  parse: (text) => {
    const word = text.trim().toLowerCase();
    if (TRUE.has(word)) return accept('true');
    return FALSE.has(word) ? accept('false') : refuse('notBoolean');
  },
  format: (value) => (value === 'true' || value === 't' ? '✓' : '✗'),
};

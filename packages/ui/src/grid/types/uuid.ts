import { accept, asStored, EQUALITY, type FieldType, refuse } from './field-type.ts';

/** `uuid`, in any of the spellings PostgreSQL reads. */
export const uuidType: FieldType = {
  name: 'uuid',
  editor: 'line',
  align: 'start',
  direction: 'ltr',
  isSortable: true,
  operators: EQUALITY,
  parse: (text) => {
    const digits = text.trim().replaceAll(/[{}-]/g, '').toLowerCase();
    if (!/^[\da-f]{32}$/.test(digits)) return refuse('notUuid');
    return accept(digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
  },
  format: asStored,
};

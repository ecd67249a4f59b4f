import type { FieldError } from '@ashlar/kernel';

/** Deepest nesting, longest list and number of values of an input; what is larger belongs into a bulk job. */
const MAX_DEPTH = 32;
const MAX_ITEMS = 1000;
const MAX_VALUES = 100_000;
/** Faults told at once. */
export const MAX_FAULTS = 100;

/** C0 controls but tab and line ends, and DEL: no text of a business has them. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for.
const CONTROL = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/;

/** What is refused wherever it stands, before a schema looks at it: texts nobody can store, and size without end. */
export function textFaults(input: unknown): readonly FieldError[] {
  const faults: FieldError[] = [];
  let values = 0;
  const visit = (value: unknown, pointer: string, depth: number): void => {
    values += 1;
    if (faults.length >= MAX_FAULTS || values > MAX_VALUES) return;
    if (typeof value === 'string') {
      const fault = textFault(value);
      if (fault !== null) faults.push({ pointer, ...fault });
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    if (depth >= MAX_DEPTH) {
      faults.push({ pointer, code: 'too_deep', detail: `Deeper than ${MAX_DEPTH} levels` });
      return;
    }
    if (Array.isArray(value)) {
      if (value.length > MAX_ITEMS) {
        const detail = `${value.length} items; ${MAX_ITEMS} are allowed, more go through a bulk job`;
        faults.push({ pointer, code: 'too_many_items', detail });
        return;
      }
      for (const [index, item] of value.entries()) visit(item, `${pointer}/${index}`, depth + 1);
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      const place = `${pointer}/${escapePointer(name)}`;
      const fault = textFault(name);
      if (fault === null) visit(member, place, depth + 1);
      else faults.push({ pointer, ...fault });
    }
  };
  visit(input, '', 0);
  if (values > MAX_VALUES) {
    faults.push({ pointer: '', code: 'too_large', detail: `More than ${MAX_VALUES} values` });
  }
  return faults;
}

function textFault(text: string): Omit<FieldError, 'pointer'> | null {
  if (CONTROL.test(text)) return { code: 'control_character', detail: 'Has a control character' };
  if (!text.isWellFormed()) return { code: 'lone_surrogate', detail: 'Has half of a surrogate pair' };
  return null;
}

/** A member's name in a JSON pointer. */
export function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

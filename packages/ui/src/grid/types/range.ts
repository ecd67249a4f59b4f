import { accept, asStored, type FieldType, refuse } from './field-type.ts';

const BOUND = String.raw`(?:"(?:[^"\\]|\\.|"")*"|[^,()[\]"]*)`;
const RANGE = new RegExp(`^(?:empty|[[(]\\s*(${BOUND})\\s*,\\s*(${BOUND})\\s*[\\])])$`, 'i');

function unquoted(bound: string): string {
  const trimmed = bound.trim();
  return trimmed.startsWith('"')
    ? trimmed.slice(1, -1).replaceAll(/\\(.)|""/g, (_all, escaped?: string) => escaped ?? '"')
    : trimmed;
}

/** A range of another type, such as `[2026-01-01,2026-02-01)`; multiranges are lists of them in braces. */
export function rangeType(name: string, element: FieldType): FieldType {
  const isRange = (text: string, locale: string): boolean => {
    const match = RANGE.exec(text.trim());
    if (match === null) return false;
    const bounds = [match[1], match[2]].map((bound) => unquoted(bound ?? ''));
    return bounds.every((bound) => bound === '' || element.parse(bound, locale).ok);
  };
  const isMulti = name.endsWith('multirange');
  return {
    name,
    editor: 'line',
    align: 'start',
    direction: 'ltr',
    isSortable: true,
    operators: ['cs', 'cd', 'ov', 'sl', 'sr', 'adj', 'eq', 'neq', 'is'],
    parse: (text, locale) => {
      const trimmed = text.trim();
      if (!isMulti) return isRange(trimmed, locale) ? accept(trimmed) : refuse('notRange');
      if (!/^\{.*\}$/s.test(trimmed)) return refuse('notRange');
      const inner = trimmed.slice(1, -1).trim();
      const ranges = inner === '' ? [] : inner.split(/(?<=[\])])\s*,\s*(?=[[(])/);
      return ranges.every((range) => isRange(range, locale)) ? accept(trimmed) : refuse('notRange');
    },
    format: asStored,
  };
}

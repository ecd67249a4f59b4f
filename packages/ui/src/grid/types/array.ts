import { arrayText, type Elements, parseArray } from './array-literal.ts';
import { type FieldType, type Parsed, accept, refuse } from './field-type.ts';
import { MAX_CELL_LENGTH } from './text.ts';

function checked(elements: Elements, element: FieldType, locale: string): Elements | undefined {
  const values: (string | null | Elements)[] = [];
  for (const item of elements) {
    if (item === null) values.push(null);
    else if (typeof item === 'string') {
      const parsed = element.parse(item, locale);
      if (!parsed.ok) return undefined;
      values.push(parsed.value);
    } else {
      const inner = checked(item, element, locale);
      if (inner === undefined) return undefined;
      values.push(inner);
    }
  }
  return values;
}

function flatShown(elements: Elements, element: FieldType, locale: string): string {
  return elements
    .map((item) => {
      if (item === null) return '∅';
      return typeof item === 'string' ? element.format(item, locale) : `[${flatShown(item, element, locale)}]`;
    })
    .join(locale.startsWith('ar') ? '، ' : ', ');
}

/** An array of another type. People write `{a,b}`, JSON or simply `a, b`. */
export function arrayType(element: FieldType): FieldType {
  const parse = (text: string, locale: string): Parsed => {
    if (text.length > MAX_CELL_LENGTH) return refuse('tooLong');
    const elements = parseArray(text);
    const values = elements && checked(elements, element, locale);
    return values === undefined ? refuse('notArray') : accept(arrayText(values));
  };
  return {
    name: `${element.name}[]`,
    editor: 'lines',
    align: 'start',
    direction: 'auto',
    isSortable: true,
    operators: ['cs', 'cd', 'ov', 'eq', 'neq', 'is'],
    parse,
    format: (value, locale) => {
      const elements = parseArray(value);
      return elements === undefined ? value : flatShown(elements, element, locale);
    },
  };
}

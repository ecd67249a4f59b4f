import { accept, asStored, type FieldType, ORDER, refuse } from './field-type.ts';

/** An enum's labels, or any other closed list of texts. */
export function enumType(name: string, labels: readonly string[]): FieldType {
  const known = new Set(labels);
  const byFolded = new Map(labels.map((label) => [label.toLowerCase(), label]));
  return {
    name,
    editor: 'choice',
    align: 'start',
    direction: 'auto',
    isSortable: true,
    operators: ORDER,
    choices: labels,
    parse: (text) => {
      const label = known.has(text) ? text : byFolded.get(text.trim().toLowerCase());
      return label === undefined ? refuse('notChoice') : accept(label);
    },
    format: asStored,
  };
}

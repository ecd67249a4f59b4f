import type { SQLNamespace } from '@codemirror/lang-sql';
import type { TableOutline } from '../../api/insight.ts';

/** What completion offers: schemas, their tables and views, and columns with their types. */
export function completionOf(tables: readonly TableOutline[]): SQLNamespace {
  const schemas: Record<string, Record<string, SQLNamespace>> = {};
  for (const { schema, name, kind, columns } of tables) {
    if (kind === 'sequence') continue;
    (schemas[schema] ??= {})[name] = {
      self: { label: name, type: 'type', detail: kind },
      children: columns.map((column) => ({ label: column.name, type: 'property', detail: column.type })),
    };
  }
  return schemas;
}

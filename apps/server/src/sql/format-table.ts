import type { ResultField, StatementResult } from '@ashlar/postgres';

/** OIDs of the types whose values stand at the right: integers, floats, numeric, money, oid. */
const NUMBER_OIDS: ReadonlySet<number> = new Set([20, 21, 23, 26, 700, 701, 790, 1700]);

/** A result as psql shows it; a statement without rows as its command tag. */
export function formatResult({ fields, rows, command, rowCount }: StatementResult): string {
  if (fields.length === 0) return [command, ...(COUNTED.has(command) ? [rowCount] : [])].join(' ');
  const cells = rows.map((row) => row.map((value) => (value ?? '').replaceAll('\n', '↵')));
  const widths = fields.map(({ name }, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  return [
    joinCells(
      fields.map(({ name }) => name),
      (name, column) => name.padEnd(widths[column] ?? 0),
    ),
    widths.map((width) => '-'.repeat(width + 2)).join('+'),
    ...cells.map((row) => joinCells(row, (value, column) => alignCell(value, widths[column] ?? 0, fields[column]))),
    `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`,
  ].join('\n');
}

function joinCells(values: readonly string[], align: (value: string, column: number) => string): string {
  return ` ${values.map(align).join(' | ')}`.trimEnd();
}

/** Commands whose tag ends in a number of rows. */
const COUNTED: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY']);

function alignCell(value: string, width: number, field: ResultField | undefined): string {
  return NUMBER_OIDS.has(field?.typeOid ?? 0) ? value.padStart(width) : value.padEnd(width);
}

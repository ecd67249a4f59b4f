import { z } from 'zod';
import type { Structure } from '../introspection/structure.ts';
import { constraintName } from './constraint-names.ts';
import { Comment, Expression, ident, identity, Name, TypeName } from './names.ts';
import type { ObjectName } from './operation.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  readonly default?: string | undefined;
  /** Computed from the row and stored. */
  readonly generated?: string | undefined;
  readonly identity?: 'always' | 'by default' | undefined;
  readonly unique: boolean;
  readonly comment?: string | null | undefined;
}

export const Column: z.ZodType<Column> = z.strictObject({
  name: Name,
  type: TypeName,
  nullable: z.boolean().default(true),
  default: Expression.optional(),
  generated: Expression.optional(),
  identity: z.enum(['always', 'by default']).optional(),
  unique: z.boolean().default(false),
  comment: Comment.optional(),
});

export function columnSql({
  name,
  type,
  nullable,
  default: value,
  generated,
  identity: counted,
  unique,
}: Column): string {
  return [
    ident(name),
    type,
    ...(nullable ? [] : ['not null']),
    ...(value === undefined ? [] : [`default (${value})`]),
    ...(generated === undefined ? [] : [`generated always as (${generated}) stored`]),
    ...(counted === undefined ? [] : [`generated ${counted} as identity`]),
    ...(unique ? ['unique'] : []),
  ].join(' ');
}

/** The column, and what comes with it. */
export function columnCreates(schema: string, table: string, column: Column): readonly ObjectName[] {
  const unique = constraintName(table, [column.name], 'key');
  return [
    { kind: 'column', identity: identity(schema, table, column.name) },
    ...(column.identity === undefined && !isSerial(column.type)
      ? []
      : ([{ kind: 'sequence', identity: identity(schema, constraintName(table, [column.name], 'seq')) }] as const)),
    ...(column.unique
      ? ([
          { kind: 'constraint', identity: identity(schema, table, unique) },
          { kind: 'index', identity: identity(schema, unique) },
        ] as const)
      : []),
  ];
}

function isSerial(type: string): boolean {
  return /^(small|big)?serial[248]?$/i.test(type);
}

/** Functions that give every row the same value within a statement, so that it is written down once for all rows. */
const STEADY =
  /\b(now|current_timestamp|current_date|current_user|current_setting|transaction_timestamp|statement_timestamp)\b/i;
const CALL = /([\p{L}_][\p{L}\p{N}_]*)\s*\(/giu;

/** A value of its own for each row has to be written into each of them. */
export function defaultRewrites(column: Column, structure: Structure): boolean {
  if (column.generated !== undefined || column.identity !== undefined || isSerial(column.type)) return true;
  // A domain with a check is checked for each row.
  const isDomain = structure.types.some(
    ({ kind, schema, name }) => kind === 'domain' && identity(schema, name) === column.type,
  );
  if (isDomain && column.default !== undefined) return true;
  const { default: value } = column;
  if (value === undefined) return isDomain;
  for (const [, name = ''] of value.matchAll(CALL)) {
    if (STEADY.test(name)) continue;
    if (/^(gen_random_uuid|uuid_generate_\w+|uuidv[47]|random|clock_timestamp|nextval|timeofday)$/i.test(name))
      return true;
    const known = structure.functions.filter((routine) => routine.name.toLowerCase() === name.toLowerCase());
    if (known.some(({ volatility }) => volatility === 'volatile')) return true;
  }
  return false;
}

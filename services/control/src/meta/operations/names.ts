import { isWholeExpression } from '@ashlar/postgres';
import { escapeIdentifier } from 'pg';
import { z } from 'zod';
import { controlErrors } from '../../control-errors.ts';
import type { ColumnInfo, Structure, TableInfo } from '../introspection/structure.ts';

const MAX_NAME_BYTES = 63;
const MAX_EXPRESSION = 10_000;
const MAX_BODY = 500_000;
const MAX_COMMENT = 10_000;

/** The server would cut a longer one, and then it would be another. */
export const Name: z.ZodString = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= MAX_NAME_BYTES, `longer than ${MAX_NAME_BYTES} bytes`)
  .refine((name) => !name.includes('\0'), 'holds a NUL');

export const Names: z.ZodArray<z.ZodString> = z.array(Name).min(1).max(32);

/** SQL that is put between parentheses. */
export const Expression: z.ZodString = z
  .string()
  .max(MAX_EXPRESSION)
  .refine(isWholeExpression, 'not one whole expression without comments');

export const Comment: z.ZodNullable<z.ZodString> = z
  .string()
  .max(MAX_COMMENT)
  .refine((text) => !text.includes('\0'), 'holds a NUL')
  .nullable();

export const Body: z.ZodString = z
  .string()
  .max(MAX_BODY)
  .refine((text) => !text.includes('\0'), 'holds a NUL');

const WORDS = String.raw`[a-z_][a-z0-9_$]*(?: [a-z_][a-z0-9_$]*)*`;
const QUOTED = String.raw`"(?:[^"\0]|"")+"`;
const TYPE = new RegExp(
  String.raw`^(?:${QUOTED}|${WORDS})(?:\.(?:${QUOTED}|[a-z_][a-z0-9_$]*))?(?: ?\(\d{1,5}(?:, ?-?\d{1,5})?\))?(?: with(?:out)? time zone)?(?:\[\d{0,5}\]){0,6}$`,
  'i',
);

/** A type as SQL spells it: `numeric(10, 2)`, `timestamp(3) with time zone`, `public."Mood"[]`. */
export const TypeName: z.ZodString = z.string().max(300).regex(TYPE, 'not the name of a type');

/** Members of an input that names a table. */
export const tableShape: { readonly schema: z.ZodDefault<z.ZodString>; readonly table: z.ZodString } = {
  schema: Name.default('public'),
  table: Name,
};
export const Cascade: z.ZodDefault<z.ZodBoolean> = z.boolean().default(false);

export function ident(name: string): string {
  return escapeIdentifier(name);
}

export function idents(names: readonly string[]): string {
  return names.map(ident).join(', ');
}

/** `"public"."todos"` */
export function qualified(schema: string, name: string): string {
  return `${ident(schema)}.${ident(name)}`;
}

/** `public.todos`, for people and for comparison. */
export function identity(...names: readonly string[]): string {
  return names.join('.');
}

/** A string constant whatever the server's settings are. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`;
}

export function commentText(comment: string | null): string {
  return comment === null ? 'null' : literal(comment);
}

export function cascadeWord(cascade: boolean): string {
  return cascade ? ' cascade' : '';
}

export function unknownObject(kind: string, name: string): Error {
  return controlErrors.metaObjectUnknown({ kind, name });
}

export function must<Item>(item: Item | undefined, kind: string, name: string): Item {
  if (item === undefined) throw unknownObject(kind, name);
  return item;
}

/** A table, view, materialized view, foreign table or sequence. */
export function findTable(structure: Structure, schema: string, name: string): TableInfo {
  return must(
    structure.tables.find((table) => table.schema === schema && table.name === name),
    'table',
    identity(schema, name),
  );
}

export function findColumn(table: TableInfo, name: string): ColumnInfo {
  return must(
    table.columns.find((column) => column.name === name),
    'column',
    identity(table.schema, table.name, name),
  );
}

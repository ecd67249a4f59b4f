/**
 * Whether types of tables written by hand fit those generated from the schema: no table it has not, of each
 * all columns, types that are at most more exact, and null where the schema says so. `true`, or the names that differ.
 */
export type TablesFit<Written, Schema> = [keyof Written] extends [keyof Schema]
  ? [Faults<Written, Schema>] extends [never]
    ? true
    : // A template, so that the compiler spells the names out.
      `${Faults<Written, Schema>}`
  : Exclude<keyof Written, keyof Schema>;

type Faults<Written, Schema> = {
  [Table in keyof Written & keyof Schema & string]: TableFaults<Table, Written[Table], Schema[Table]>;
}[keyof Written & keyof Schema & string];

type TableFaults<Table extends string, Written, Schema> = {
  [Column in (keyof Written | keyof Schema) & string]: Column extends keyof Written
    ? Column extends keyof Schema
      ? ColumnFits<Read<Written[Column]>, Read<Schema[Column]>, IsMade<Schema[Column]>> extends true
        ? never
        : `${Table}.${Column}`
      : `${Table}.${Column}`
    : `${Table}.${Column}`;
}[(keyof Written | keyof Schema) & string];

/** What a column is read as; Kysely's `ColumnType` says so under this name. */
type Read<Column> = Column extends { readonly __select__: infer Value } ? Value : Column;

/** Of a view, or always generated: PostgreSQL does not promise that it is there, whoever wrote the view may know. */
type IsMade<Column> = Column extends { readonly __insert__: never } ? true : false;

type ColumnFits<Written, Schema, Made> = unknown extends Schema
  ? true
  : Made extends true
    ? ValueFits<NonNullable<Written>, NonNullable<Schema>>
    : Same<null extends Written ? true : false, null extends Schema ? true : false> extends true
      ? ValueFits<NonNullable<Written>, NonNullable<Schema>>
      : false;

/** Where the schema lists values, the types list the same ones or say that it is a text. */
type ValueFits<Written, Schema> = [Schema] extends [string]
  ? string extends Schema
    ? [Written] extends [string]
      ? true
      : false
    : string extends Written
      ? true
      : Same<Written, Schema>
  : [Written] extends [Schema]
    ? true
    : false;

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

import { z } from 'zod';
import type { Structure, TableInfo } from '../introspection/structure.ts';
import { rewritesOnTypeChange } from './type-change.ts';
import {
  Cascade,
  cascadeWord,
  Comment,
  commentText,
  Expression,
  findColumn,
  findTable,
  ident,
  identity,
  Name,
  qualified,
  tableShape,
  TypeName,
} from './names.ts';
import { type AnyOperation, type Change, defineOperation, type TableLock } from './operation.ts';

const ColumnRef = z.strictObject({ ...tableShape, column: Name });

interface Place {
  readonly schema: string;
  readonly table: string;
  readonly column: string;
}

function found({ schema, table, column }: Place, structure: Structure) {
  const holder = findTable(structure, schema, table);
  return { holder, info: findColumn(holder, column) };
}

function alter({ schema, table, column }: Place, what: string): string {
  return `alter table ${qualified(schema, table)} alter column ${ident(column)} ${what}`;
}

function exclusive({ schema, table }: Place): TableLock {
  return { relation: identity(schema, table), mode: 'access exclusive' };
}

function placeOf(at: Place): string {
  return identity(at.schema, at.table, at.column);
}

export const renameColumn: AnyOperation = defineOperation({
  name: 'rename-column',
  input: ColumnRef.extend({ to: Name }),
  plan(input, { structure }): Change {
    const { schema, table, column, to } = input;
    found(input, structure);
    return {
      statements: [`alter table ${qualified(schema, table)} rename column ${ident(column)} to ${ident(to)}`],
      locks: [exclusive(input)],
    };
  },
});

export const setColumnType: AnyOperation = defineOperation({
  name: 'set-column-type',
  input: ColumnRef.extend({
    type: TypeName,
    /** How the new value is had from the old one; without it, by a cast. */
    using: Expression.optional(),
  }),
  plan(input, { structure, isUtc }): Change {
    const { schema, table, column, type, using } = input;
    const { holder, info } = found(input, structure);
    const from = qualified(schema, table);
    const name = ident(column);
    const cast = using ?? `${name}::${type}`;
    return {
      statements: [alter(input, `type ${type} using (${cast})`)],
      locks: [
        {
          ...exclusive(input),
          rewrites: hasRows(holder) && (using !== undefined || rewritesOnTypeChange(info.type, type, isUtc)),
        },
      ],
      losses: [
        using === undefined
          ? {
              says: `values of ${placeOf(input)} that ${type} cannot hold as they are`,
              sql: `select from ${from} where ((${cast})::${info.type})::text is distinct from ${name}::text`,
            }
          : {
              says: `values of ${placeOf(input)} are replaced by what the expression makes of them`,
              sql: `select from ${from} where ${name} is not null`,
            },
      ],
    };
  },
});

/** Views and sequences have nothing of their own to be written anew. */
function hasRows({ kind }: TableInfo): boolean {
  return kind === 'table' || kind === 'partitioned table';
}

export const setColumnDefault: AnyOperation = defineOperation({
  name: 'set-column-default',
  input: ColumnRef.extend({ default: Expression.nullable() }),
  plan(input, { structure }): Change {
    found(input, structure);
    const { default: value } = input;
    return {
      statements: [alter(input, value === null ? 'drop default' : `set default (${value})`)],
      locks: [exclusive(input)],
    };
  },
});

export const setColumnNullable: AnyOperation = defineOperation({
  name: 'set-column-nullable',
  input: ColumnRef.extend({ nullable: z.boolean() }),
  plan(input, { structure }): Change {
    const { info } = found(input, structure);
    const { schema, table, column, nullable } = input;
    return {
      statements: [alter(input, nullable ? 'drop not null' : 'set not null')],
      locks: [{ ...exclusive(input), scans: !nullable && info.nullable }],
      obstacles:
        nullable || !info.nullable
          ? []
          : [
              {
                says: `${placeOf(input)} has rows without a value`,
                sql: `select from ${qualified(schema, table)} where ${ident(column)} is null`,
              },
            ],
    };
  },
});

export const commentColumn: AnyOperation = defineOperation({
  name: 'comment-column',
  input: ColumnRef.extend({ comment: Comment }),
  plan(input, { structure }): Change {
    const { schema, table, column, comment } = input;
    found(input, structure);
    return {
      statements: [`comment on column ${qualified(schema, table)}.${ident(column)} is ${commentText(comment)}`],
      locks: [{ relation: identity(schema, table), mode: 'share update exclusive' }],
    };
  },
});

export const dropColumn: AnyOperation = defineOperation({
  name: 'drop-column',
  input: ColumnRef.extend({ cascade: Cascade }),
  plan(input, { structure }): Change {
    const { schema, table, column, cascade } = input;
    const { holder, info } = found(input, structure);
    return {
      statements: [`alter table ${qualified(schema, table)} drop column ${ident(column)}${cascadeWord(cascade)}`],
      locks: [exclusive(input)],
      drops: [{ catalogue: 'pg_class', oid: holder.oid, part: info.position, cascade }],
    };
  },
});

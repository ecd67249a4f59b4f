import { z } from 'zod';
import type { IndexInfo, Structure } from '../introspection/structure.ts';
import {
  Cascade,
  cascadeWord,
  Expression,
  findTable,
  ident,
  identity,
  must,
  Name,
  qualified,
  tableShape,
} from './names.ts';
import { type AnyOperation, type Change, defineOperation } from './operation.ts';

const IndexRef = z.strictObject({ schema: Name.default('public'), index: Name });

/** One thing an index is ordered by. */
const Part = z
  .strictObject({
    column: Name.optional(),
    expression: Expression.optional(),
    order: z.enum(['asc', 'desc']).default('asc'),
    nulls: z.enum(['first', 'last']).optional(),
  })
  .refine(
    ({ column, expression }) => (column === undefined) !== (expression === undefined),
    'wants a column or an expression',
  );

function partSql({ column, expression, order, nulls }: z.infer<typeof Part>, isOrdered: boolean): string {
  const what = column === undefined ? `(${expression ?? ''})` : ident(column);
  if (!isOrdered) return what;
  return `${what}${order === 'desc' ? ' desc' : ''}${nulls === undefined ? '' : ` nulls ${nulls}`}`;
}

export const createIndex: AnyOperation = defineOperation({
  name: 'create-index',
  input: z.strictObject({
    ...tableShape,
    name: Name,
    parts: z.array(Part).min(1).max(32),
    method: z.enum(['btree', 'hash', 'gin', 'gist', 'brin', 'spgist']).default('btree'),
    unique: z.boolean().default(false),
    where: Expression.optional(),
  }),
  plan({ schema, table, name, parts, method, unique, where }, { structure }): Change {
    findTable(structure, schema, table);
    const list = parts.map((part) => partSql(part, method === 'btree')).join(', ');
    const condition = where === undefined ? '' : ` where (${where})`;
    return {
      statements: [
        `create ${unique ? 'unique ' : ''}index ${ident(name)} on ${qualified(schema, table)} using ${method} (${list})${condition}`,
      ],
      locks: [{ relation: identity(schema, table), mode: 'share', scans: true }],
      creates: [{ kind: 'index', identity: identity(schema, name) }],
      obstacles: unique
        ? [
            {
              says: `${identity(schema, table)} has rows that are the same to it`,
              sql:
                `select from (select ${parts.map((part, at) => `${partSql(part, false)} as v${at}`).join(', ')}` +
                ` from ${qualified(schema, table)}${condition}) t` +
                ` where ${parts.map((_part, at) => `v${at} is not null`).join(' and ')}` +
                ` group by ${parts.map((_part, at) => `v${at}`).join(', ')} having count(*) > 1`,
            },
          ]
        : [],
    };
  },
});

function findIndex(structure: Structure, schema: string, name: string): IndexInfo {
  return must(
    structure.indexes.find((found) => found.schema === schema && found.name === name),
    'index',
    identity(schema, name),
  );
}

export const renameIndex: AnyOperation = defineOperation({
  name: 'rename-index',
  input: IndexRef.extend({ to: Name }),
  plan({ schema, index, to }, { structure }): Change {
    findIndex(structure, schema, index);
    return {
      statements: [`alter index ${qualified(schema, index)} rename to ${ident(to)}`],
      locks: [{ relation: identity(schema, index), mode: 'share update exclusive' }],
    };
  },
});

export const dropIndex: AnyOperation = defineOperation({
  name: 'drop-index',
  input: IndexRef.extend({ cascade: Cascade }),
  plan({ schema, index, cascade }, { structure }): Change {
    const { oid, table } = findIndex(structure, schema, index);
    return {
      statements: [`drop index ${qualified(schema, index)}${cascadeWord(cascade)}`],
      locks: [{ relation: identity(schema, table), mode: 'access exclusive' }],
      drops: [{ catalogue: 'pg_class', oid, part: 0, cascade }],
    };
  },
});

import { expect, test } from 'vitest';
import type { Structure, TableInfo } from '../../../api/structure-types.ts';
import { countSql, rowsSql } from './row-query.ts';
import { type FilterGroup, NO_FILTER, readFilter } from './filter.ts';
import { shapeOf } from './table-shape.ts';

const column = { nullable: true, default: null, identity: null, generated: false, comment: null } as const;
const table: TableInfo = {
  schema: 'public',
  name: 'odd "names"',
  kind: 'table',
  owner: 'postgres',
  rowSecurity: true,
  rows: null,
  comment: null,
  columns: [
    { ...column, name: 'id', type: 'bigint', nullable: false },
    { ...column, name: 'it"s', type: 'text' },
  ],
};
const structure: Structure = {
  schemas: [],
  tables: [table],
  types: [],
  constraints: [
    {
      schema: 'public',
      table: table.name,
      name: 'k',
      kind: 'primary key',
      columns: ['id'],
      definition: 'PRIMARY KEY (id)',
      validated: true,
      references: null,
    },
  ],
  indexes: [],
  policies: [],
  triggers: [],
  functions: [],
};
const shape = shapeOf(structure, table);
const first = { after: null, offset: 0, limit: 100 };
const NAME = '"public"."odd ""names"""';

test('names and values cannot leave their quotes', () => {
  const filter: FilterGroup = { join: 'and', parts: [{ field: 'it"s', op: 'eq', value: String.raw`x\'; drop` }] };
  expect(countSql(shape, filter, null)).toBe(
    String.raw`select count(*) from (select from ${NAME} t where (t."it""s" = E'x\\''; drop'::text)) as counted`,
  );
});

test('a page begins after the key the one before ended with, and the key always decides last', () => {
  expect(rowsSql(shape, { filter: NO_FILTER, sort: [] }, { after: ['7'], offset: 100, limit: 100 })).toBe(
    `select t."id"::text, t."it""s"::text from ${NAME} t where (t."id") > (E'7'::bigint) ` +
      'order by t."id" limit 100 offset 100',
  );
  expect(rowsSql(shape, { filter: NO_FILTER, sort: [{ field: 'it"s', isDescending: true }] }, first)).toContain(
    'order by t."it""s" desc nulls last, t."id" limit 100',
  );
});

test('groups of conditions are nested, signs of patterns are taken literally, columns that are gone are left out', () => {
  const filter = readFilter({
    join: 'or',
    parts: [
      { field: 'it"s', op: 'contains', value: '50%' },
      {
        join: 'and',
        parts: [
          { field: 'id', op: 'gte', value: '5' },
          { field: 'gone', op: 'eq', value: '1' },
        ],
      },
    ],
  });
  expect(rowsSql(shape, { filter: filter ?? NO_FILTER, sort: [] }, first)).toContain(
    String.raw`where (t."it""s"::text ilike E'%50\\%%' or (t."id" >= E'5'::bigint)) order by`,
  );
});

test('what an address holds is a filter only as far as it makes sense', () => {
  expect(readFilter('nonsense')).toBeUndefined();
  expect(readFilter({ join: 'and', parts: [{ field: 'id', op: 'drop' }] })).toBeUndefined();
  expect(readFilter({ join: 'x', parts: [{ field: 'id', op: 'eq', value: 5 }, 7] })).toEqual({
    join: 'and',
    parts: [{ field: 'id', op: 'eq', value: '5' }],
  });
});

import { z } from 'zod';
import { Column, columnSql, columnCreates, defaultRewrites } from './column-definition.ts';
import { constraintName } from './constraint-names.ts';
import { type AnyOperation, type Change, defineOperation, type Question, type TableLock } from './operation.ts';
import {
  Cascade,
  cascadeWord,
  Comment,
  commentText,
  findTable,
  ident,
  identity,
  idents,
  Name,
  Names,
  qualified,
  tableShape,
} from './names.ts';

const Renaming = z.strictObject({ ...tableShape, to: Name });

function exclusive(schema: string, table: string): readonly TableLock[] {
  return [{ relation: identity(schema, table), mode: 'access exclusive' }];
}

export const createTable: AnyOperation = defineOperation({
  name: 'create-table',
  input: z.strictObject({
    ...tableShape,
    columns: z.array(Column).max(1_600),
    primaryKey: Names.optional(),
    comment: Comment.optional(),
    /** A table the API reaches and nobody guards is the exception to be asked for. */
    rowSecurity: z.boolean().default(true),
  }),
  plan({ schema, table, columns, primaryKey, comment, rowSecurity }): Change {
    const name = qualified(schema, table);
    const key = primaryKey === undefined ? [] : [`primary key (${idents(primaryKey)})`];
    const keyName = constraintName(table, [], 'pkey');
    return {
      statements: [
        `create table ${name} (${[...columns.map(columnSql), ...key].join(', ')})`,
        ...(rowSecurity ? [`alter table ${name} enable row level security`] : []),
        ...(typeof comment === 'string' ? [`comment on table ${name} is ${commentText(comment)}`] : []),
      ],
      creates: [
        { kind: 'table', identity: identity(schema, table) },
        ...columns.flatMap((column) => columnCreates(schema, table, column).filter(({ kind }) => kind !== 'column')),
        ...(primaryKey === undefined
          ? []
          : ([
              { kind: 'constraint', identity: identity(schema, table, keyName) },
              { kind: 'index', identity: identity(schema, keyName) },
            ] as const)),
      ],
    };
  },
});

export const renameTable: AnyOperation = defineOperation({
  name: 'rename-table',
  input: Renaming,
  plan({ schema, table, to }, { structure }): Change {
    const { kind } = findTable(structure, schema, table);
    return {
      statements: [
        `alter ${kind === 'partitioned table' ? 'table' : kind} ${qualified(schema, table)} rename to ${ident(to)}`,
      ],
      locks: exclusive(schema, table),
    };
  },
});

export const moveTable: AnyOperation = defineOperation({
  name: 'move-table',
  input: Renaming,
  plan({ schema, table, to }, { structure }): Change {
    findTable(structure, schema, table);
    const sequences = structure.tables.filter(({ ownedBy }) => ownedBy === identity(schema, table));
    return {
      statements: [`alter table ${qualified(schema, table)} set schema ${ident(to)}`],
      locks: [
        ...exclusive(schema, table),
        ...sequences.flatMap((sequence) => exclusive(sequence.schema, sequence.name)),
      ],
    };
  },
});

export const commentTable: AnyOperation = defineOperation({
  name: 'comment-table',
  input: z.strictObject({ ...tableShape, comment: Comment }),
  plan({ schema, table, comment }, { structure }): Change {
    findTable(structure, schema, table);
    return {
      statements: [`comment on table ${qualified(schema, table)} is ${commentText(comment)}`],
      locks: [{ relation: identity(schema, table), mode: 'share update exclusive' }],
    };
  },
});

export const dropTable: AnyOperation = defineOperation({
  name: 'drop-table',
  input: z.strictObject({ ...tableShape, cascade: Cascade }),
  plan({ schema, table, cascade }, { structure }): Change {
    const { oid, kind } = findTable(structure, schema, table);
    const word = kind === 'partitioned table' ? 'table' : kind;
    return {
      statements: [`drop ${word} ${qualified(schema, table)}${cascadeWord(cascade)}`],
      drops: [{ catalogue: 'pg_class', oid, part: 0, cascade }],
    };
  },
});

export const setRowSecurity: AnyOperation = defineOperation({
  name: 'set-row-security',
  input: z.strictObject({ ...tableShape, enabled: z.boolean(), forced: z.boolean().optional() }),
  plan({ schema, table, enabled, forced }, { structure }): Change {
    findTable(structure, schema, table);
    const name = qualified(schema, table);
    return {
      statements: [
        `alter table ${name} ${enabled ? 'enable' : 'disable'} row level security`,
        ...(forced === undefined ? [] : [`alter table ${name} ${forced ? '' : 'no '}force row level security`]),
      ],
      locks: exclusive(schema, table),
    };
  },
});

export const setReplicaIdentity: AnyOperation = defineOperation({
  name: 'set-replica-identity',
  input: z.strictObject({ ...tableShape, identity: z.enum(['default', 'full', 'nothing']) }),
  plan({ schema, table, identity: wanted }, { structure }): Change {
    findTable(structure, schema, table);
    return {
      statements: [`alter table ${qualified(schema, table)} replica identity ${wanted}`],
      locks: exclusive(schema, table),
    };
  },
});

export const addColumn: AnyOperation = defineOperation({
  name: 'add-column',
  input: z.strictObject({ ...tableShape, column: Column }),
  plan({ schema, table, column }, { structure }): Change {
    findTable(structure, schema, table);
    const isFilled = column.default !== undefined || column.generated !== undefined || column.identity !== undefined;
    return {
      statements: [
        `alter table ${qualified(schema, table)} add column ${columnSql(column)}`,
        ...(typeof column.comment === 'string'
          ? [`comment on column ${qualified(schema, table)}.${ident(column.name)} is ${commentText(column.comment)}`]
          : []),
      ],
      locks: [
        {
          relation: identity(schema, table),
          mode: 'access exclusive',
          rewrites: defaultRewrites(column, structure),
        },
      ],
      creates: columnCreates(schema, table, column),
      obstacles: [
        ...(column.nullable || isFilled
          ? []
          : [
              {
                says: `${identity(schema, table)} has rows, which would have no value`,
                sql: `select from ${qualified(schema, table)}`,
              },
            ]),
        ...(column.default === undefined || defaultRewrites(column, structure)
          ? []
          : sameForAll(schema, table, column)),
      ],
    };
  },
});

/** What becomes of rows that all get one value. */
function sameForAll(schema: string, table: string, { default: value, nullable, unique }: Column): readonly Question[] {
  const rows = `select from ${qualified(schema, table)} where (${value ?? 'null'})`;
  return [
    ...(nullable
      ? []
      : [{ says: `${identity(schema, table)} has rows, which would have no value`, sql: `${rows} is null` }]),
    ...(unique
      ? [
          {
            says: `${identity(schema, table)} has rows, which would all have the same value`,
            sql: `${rows} is not null offset 1`,
          },
        ]
      : []),
  ];
}

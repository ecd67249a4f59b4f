import { z } from 'zod';
import type { ConstraintInfo, Structure } from '../introspection/structure.ts';
import { constraintName } from './constraint-names.ts';
import {
  Cascade,
  cascadeWord,
  Expression,
  findColumn,
  findTable,
  ident,
  identity,
  idents,
  must,
  Name,
  Names,
  qualified,
  tableShape,
} from './names.ts';
import {
  type AnyOperation,
  type Change,
  defineOperation,
  type LockMode,
  type Question,
  type TableLock,
} from './operation.ts';

const KeyInput = z.strictObject({ ...tableShape, columns: Names, name: Name.optional() });
const ConstraintRef = z.strictObject({ ...tableShape, constraint: Name });
const ACTIONS = z.enum(['no action', 'restrict', 'cascade', 'set null', 'set default']);

interface Place {
  readonly schema: string;
  readonly table: string;
}

function lock({ schema, table }: Place, mode: LockMode, scans = false): TableLock {
  return { relation: identity(schema, table), mode, scans };
}

function add({ schema, table }: Place, name: string, definition: string): readonly string[] {
  return [`alter table ${qualified(schema, table)} add constraint ${ident(name)} ${definition}`];
}

function known({ schema, table }: Place, columns: readonly string[], structure: Structure): void {
  const holder = findTable(structure, schema, table);
  for (const column of columns) findColumn(holder, column);
}

function repeated({ schema, table }: Place, columns: readonly string[]): Question {
  const list = idents(columns);
  const filled = columns.map((column) => `${ident(column)} is not null`).join(' and ');
  return {
    says: `${identity(schema, table)} has rows with the same ${columns.join(', ')}`,
    sql: `select from ${qualified(schema, table)} where ${filled} group by ${list} having count(*) > 1`,
  };
}

function keyChange(
  input: z.infer<typeof KeyInput>,
  definition: string,
  name: string,
  obstacles: readonly Question[],
): Change {
  const { schema, table } = input;
  return {
    statements: add(input, name, definition),
    locks: [lock(input, 'access exclusive', true)],
    creates: [
      { kind: 'constraint', identity: identity(schema, table, name) },
      { kind: 'index', identity: identity(schema, name) },
    ],
    obstacles,
  };
}

export const addPrimaryKey: AnyOperation = defineOperation({
  name: 'add-primary-key',
  input: KeyInput,
  plan(input, { structure }): Change {
    const { schema, table, columns, name = constraintName(table, [], 'pkey') } = input;
    known(input, columns, structure);
    const empty = columns.map((column) => `${ident(column)} is null`).join(' or ');
    return keyChange(input, `primary key (${idents(columns)})`, name, [
      repeated(input, columns),
      {
        says: `${identity(schema, table)} has rows without ${columns.join(', ')}`,
        sql: `select from ${qualified(schema, table)} where ${empty}`,
      },
    ]);
  },
});

export const addUnique: AnyOperation = defineOperation({
  name: 'add-unique',
  input: KeyInput,
  plan(input, { structure }): Change {
    const { table, columns, name = constraintName(table, columns, 'key') } = input;
    known(input, columns, structure);
    return keyChange(input, `unique (${idents(columns)})`, name, [repeated(input, columns)]);
  },
});

export const addForeignKey: AnyOperation = defineOperation({
  name: 'add-foreign-key',
  input: z.strictObject({
    ...tableShape,
    columns: Names,
    references: z.strictObject({ schema: Name.default('public'), table: Name, columns: Names }),
    onDelete: ACTIONS.default('no action'),
    onUpdate: ACTIONS.default('no action'),
    name: Name.optional(),
    /** False: rows that are there already are looked at later, by `validate-constraint`. */
    validate: z.boolean().default(true),
  }),
  plan(input, { structure }): Change {
    const { schema, table, columns, references, onDelete, onUpdate, validate } = input;
    const name = input.name ?? constraintName(table, columns, 'fkey');
    known(input, columns, structure);
    known(references, references.columns, structure);
    const target = qualified(references.schema, references.table);
    const pairs = columns.map((column, at) => `r.${ident(references.columns[at] ?? '')} = t.${ident(column)}`);
    const filled = columns.map((column) => `t.${ident(column)} is not null`);
    return {
      statements: add(
        input,
        name,
        `foreign key (${idents(columns)}) references ${target} (${idents(references.columns)})` +
          ` on delete ${onDelete} on update ${onUpdate}${validate ? '' : ' not valid'}`,
      ),
      locks: [lock(input, 'share row exclusive', validate), lock(references, 'share row exclusive')],
      creates: [{ kind: 'constraint', identity: identity(schema, table, name) }],
      obstacles: validate
        ? [
            {
              says: `${identity(schema, table)} has rows that point to nothing`,
              sql:
                `select from ${qualified(schema, table)} t where ${filled.join(' and ')}` +
                ` and not exists (select from ${target} r where ${pairs.join(' and ')})`,
            },
          ]
        : [],
    };
  },
});

export const addCheck: AnyOperation = defineOperation({
  name: 'add-check',
  input: z.strictObject({ ...tableShape, expression: Expression, name: Name, validate: z.boolean().default(true) }),
  plan(input, { structure }): Change {
    const { schema, table, expression, name, validate } = input;
    findTable(structure, schema, table);
    return {
      statements: add(input, name, `check (${expression})${validate ? '' : ' not valid'}`),
      locks: [lock(input, 'access exclusive', validate)],
      creates: [{ kind: 'constraint', identity: identity(schema, table, name) }],
      obstacles: validate
        ? [
            {
              says: `${identity(schema, table)} has rows for which it does not hold`,
              sql: `select from ${qualified(schema, table)} where not (${expression})`,
            },
          ]
        : [],
    };
  },
});

function findConstraint(structure: Structure, { schema, table }: Place, name: string): ConstraintInfo {
  return must(
    structure.constraints.find((found) => found.schema === schema && found.table === table && found.name === name),
    'constraint',
    identity(schema, table, name),
  );
}

export const validateConstraint: AnyOperation = defineOperation({
  name: 'validate-constraint',
  input: ConstraintRef,
  plan(input, { structure }): Change {
    const { schema, table, constraint } = input;
    const { references, validated } = findConstraint(structure, input, constraint);
    return {
      statements: [`alter table ${qualified(schema, table)} validate constraint ${ident(constraint)}`],
      locks: [
        lock(input, 'share update exclusive', !validated),
        ...(references === null || validated ? [] : [lock(references, 'row share')]),
      ],
    };
  },
});

export const renameConstraint: AnyOperation = defineOperation({
  name: 'rename-constraint',
  input: ConstraintRef.extend({ to: Name }),
  plan(input, { structure }): Change {
    const { schema, table, constraint, to } = input;
    findConstraint(structure, input, constraint);
    return {
      statements: [`alter table ${qualified(schema, table)} rename constraint ${ident(constraint)} to ${ident(to)}`],
      locks: [lock(input, 'access exclusive')],
    };
  },
});

export const dropConstraint: AnyOperation = defineOperation({
  name: 'drop-constraint',
  input: ConstraintRef.extend({ cascade: Cascade }),
  plan(input, { structure }): Change {
    const { schema, table, constraint, cascade } = input;
    const { oid } = findConstraint(structure, input, constraint);
    return {
      statements: [
        `alter table ${qualified(schema, table)} drop constraint ${ident(constraint)}${cascadeWord(cascade)}`,
      ],
      locks: [lock(input, 'access exclusive')],
      drops: [{ catalogue: 'pg_constraint', oid, part: 0, cascade }],
    };
  },
});

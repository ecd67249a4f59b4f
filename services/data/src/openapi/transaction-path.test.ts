import { expect, test } from 'vitest';
import { parseTransaction } from '../transaction/parse-transaction.ts';
import { transactionPath } from './transaction-path.ts';

interface OperationSchema {
  readonly title: string;
  readonly required: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

/** One value for every member there is. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  table: 'todos',
  function: 'add',
  schema: 'public',
  values: { task: 'x' },
  columns: ['task'],
  missing: 'default',
  onConflict: ['id'],
  ignoreDuplicates: true,
  where: { id: 'eq.1' },
  maxAffected: 1,
  returning: 'id',
  select: 'id',
  order: 'id',
  limit: 1,
  offset: 0,
  single: true,
  count: true,
  arguments: { a: 1 },
  type: 'app.todo.done',
  subject: '1',
  data: {},
  task: 'sql',
  payload: { function: 'note' },
  options: { queue: 'default' },
};

const schemas = operationSchemas();

test.each(schemas)('every member described of the operation $title is read', ({ title, properties }) => {
  const members = Object.keys(properties).filter((name) => name !== 'op');
  const operation = { op: title, ...Object.fromEntries(members.map((name) => [name, SAMPLES[name]])) };
  expect(Object.values(operation)).not.toContain(undefined);
  expect(() => parse(operation)).not.toThrow();
});

test.each(schemas)('no member of the operation $title is left out of its description', ({ title, properties }) => {
  const required = Object.fromEntries(Object.keys(properties).map((name) => [name, SAMPLES[name]]));
  for (const [name, value] of Object.entries(SAMPLES)) {
    if (name in properties) continue;
    expect(() => parse({ ...required, op: title, [name]: value })).toThrow(expect.objectContaining({ code: 'ASH20' }));
  }
});

function parse(operation: object): unknown {
  return parseTransaction(Buffer.from(JSON.stringify({ operations: [operation] })));
}

function operationSchemas(): readonly OperationSchema[] {
  // The document is ours, and JSON without a type; where it had another shape nothing below could be read.
  const { post } = transactionPath() as unknown as {
    readonly post: {
      readonly requestBody: {
        readonly content: Readonly<
          Record<string, { schema: { properties: { operations: { items: { oneOf: readonly OperationSchema[] } } } } }>
        >;
      };
    };
  };
  return post.requestBody.content['application/json']?.schema.properties.operations.items.oneOf ?? [];
}

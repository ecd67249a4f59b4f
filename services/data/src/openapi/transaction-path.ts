import { MAX_OPERATIONS } from '../parse/bounds.ts';
import { TRANSACTION_PATH } from '../transaction/parse-transaction.ts';
import type { ApiDescription } from './describe-api.ts';
import type { Json } from './json-schema.ts';

/** Where transactions are sent, and what an example of one says. */
export const TRANSACTION: { readonly path: string; readonly summary: string; readonly example: string } = {
  path: `/${TRANSACTION_PATH}`,
  summary: 'Run several operations in one database transaction: all of them take effect, or none.',
  example: '{"operations": [{"op": "insert", "table": "…", "values": {"…": 1}, "returning": "id"}]}',
};

/** A table of that name keeps its path; transactions then go by their media type alone, which a document cannot say. */
export function describesTransaction({ relations, routines }: ApiDescription): boolean {
  const isTaken = relations.some(({ name }) => name === TRANSACTION_PATH);
  return !isTaken && relations.length + routines.length > 0;
}

const TEXT: Json = { type: 'string' };
const FLAG: Json = { type: 'boolean' };
const COUNT: Json = { type: 'integer', minimum: 0 };
const NAMES: Json = { type: 'array', items: TEXT };
const ROW: Json = {
  type: 'object',
  description: 'Values by column; {"$ref": "/0/data/0/id"} is one of an earlier result.',
};
const ROWS: Json = { oneOf: [ROW, { type: 'array', items: ROW }] };
const WHERE: Json = {
  type: 'object',
  description: 'Conditions by column, as in the query string ("eq.1") or as an operator and its value ({"eq": 1}).',
};

const WRITES: Json = { table: TEXT, schema: TEXT, returning: TEXT, single: FLAG };
const ROWS_WRITTEN: Json = { values: ROWS, columns: NAMES, missing: { enum: ['default', 'null'] } };
const READS: Json = {
  schema: TEXT,
  select: TEXT,
  where: WHERE,
  order: TEXT,
  limit: COUNT,
  offset: COUNT,
  single: FLAG,
  count: FLAG,
};

const OPERATIONS: readonly Json[] = [
  operation('insert', ['table', 'values'], { ...WRITES, ...ROWS_WRITTEN }),
  operation('upsert', ['table', 'values'], { ...WRITES, ...ROWS_WRITTEN, onConflict: NAMES, ignoreDuplicates: FLAG }),
  operation('update', ['table', 'values', 'where'], {
    ...WRITES,
    ...ROWS_WRITTEN,
    values: ROW,
    where: WHERE,
    maxAffected: COUNT,
  }),
  operation('delete', ['table', 'where'], { ...WRITES, where: WHERE, maxAffected: COUNT }),
  operation('select', ['table'], { table: TEXT, ...READS }),
  operation('rpc', ['function'], { function: TEXT, arguments: ROW, ...READS, maxAffected: COUNT }),
  operation('event', ['type'], { type: { type: 'string', pattern: '^app\\.' }, subject: {}, data: {} }),
  operation('job', ['task'], { task: { type: 'string' }, payload: { type: 'object' }, options: { type: 'object' } }),
];

function operation(op: string, required: readonly string[], properties: Json): Json {
  return {
    type: 'object',
    title: op,
    required: ['op', ...required],
    properties: { op: { const: op }, ...properties },
    additionalProperties: false,
  };
}

const REQUEST: Json = {
  type: 'object',
  required: ['operations'],
  properties: {
    operations: { type: 'array', minItems: 1, maxItems: MAX_OPERATIONS, items: { oneOf: OPERATIONS } },
    isolation: { enum: ['read committed', 'repeatable read', 'serializable'] },
  },
  additionalProperties: false,
};

const RESULT: Json = {
  type: 'object',
  required: ['status'],
  properties: {
    status: { type: 'integer', description: 'What the operation would have answered as a request of its own.' },
    count: { type: 'integer', description: 'Rows written, or rows there are.' },
    data: { description: 'Rows, object or value, where something is returned.' },
  },
};

/** `POST /transaction` in an OpenAPI 3.1 document with the shared components of `openApi3`. */
export function transactionPath(): Json {
  const content = { schema: REQUEST };
  return {
    post: {
      tags: ['transaction'],
      summary: TRANSACTION.summary,
      parameters: [
        { $ref: '#/components/parameters/header.prefer' },
        {
          name: 'Idempotency-Key',
          in: 'header',
          description: 'The same key makes the same transaction happen once, however often it is sent.',
          schema: { type: 'string', minLength: 1, maxLength: 255 },
        },
      ],
      requestBody: {
        required: true,
        content: { 'application/json': content, 'application/vnd.ashlar.transaction+json': content },
      },
      responses: {
        200: {
          description: 'One result per operation, in their order.',
          content: {
            'application/json': {
              schema: {
                type: 'object',
                required: ['results'],
                properties: { results: { type: 'array', items: RESULT } },
              },
            },
          },
        },
        default: {
          description: 'Nothing was done; "operation" is the index of the one that failed.',
          content: {
            'application/json': {
              schema: {
                allOf: [
                  { $ref: '#/components/schemas/error' },
                  { type: 'object', properties: { operation: { type: ['integer', 'null'] } } },
                ],
              },
            },
          },
        },
      },
    },
  };
}

import type { FunctionResult, Routine } from '@ashlar/postgres';
import type { ApiColumn, ApiDescription, ApiRelation, ApiRoutine } from './describe-api.ts';
import { type Json, schemaOfType } from './json-schema.ts';
import { describesTransaction, TRANSACTION, transactionPath } from './transaction-path.ts';

/**
 * The OpenAPI 3.1 document of an API.
 *
 * @param publicUrl Origin and prefix of the project.
 */
export function openApi3(api: ApiDescription, publicUrl: string): Json {
  const { title, description, relations, routines } = api;
  const hasTransaction = describesTransaction(api);
  return {
    openapi: '3.1.0',
    info: { title, ...(description === '' ? {} : { description }), version: '1' },
    servers: [{ url: `${publicUrl.replace(/\/$/, '')}/rest/v1` }],
    security: [{ apikey: [] }, { apikey: [], bearer: [] }],
    tags: [
      ...relations.map(({ name, comment }) => ({ name, ...described(comment) })),
      ...routines.map(({ name, overloads: [first] }) => ({ name: `rpc ${name}`, ...described(first.comment) })),
      ...(hasTransaction ? [{ name: 'transaction' }] : []),
    ],
    paths: Object.fromEntries([
      ...relations.map((relation) => [`/${encodeURIComponent(relation.name)}`, relationPath(relation)]),
      ...routines.map((routine) => [`/rpc/${encodeURIComponent(routine.name)}`, routinePath(routine)]),
      ...(hasTransaction ? [[TRANSACTION.path, transactionPath()]] : []),
    ]),
    components: {
      schemas: Object.fromEntries([['error', ERROR], ...relations.flatMap(relationSchemas)]),
      parameters: Object.fromEntries([...SHARED_PARAMETERS, ...relations.flatMap(filterParameters)]),
      responses: { error: ERROR_RESPONSE },
      securitySchemes: {
        apikey: { type: 'apiKey', in: 'header', name: 'apikey', description: 'A publishable or secret key.' },
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token of a session.' },
      },
    },
  };
}

const ERROR: Json = {
  type: 'object',
  required: ['code', 'message', 'details', 'hint'],
  properties: {
    code: { type: 'string', description: "PGRSTnnn, or PostgreSQL's SQLSTATE." },
    message: { type: 'string' },
    details: {},
    hint: {},
  },
};

const ERROR_RESPONSE: Json = {
  description: 'What was refused, and why.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } } },
};

/** Names of parameters that are no column's filter, whatever columns there are. */
const RESERVED = ['select', 'order', 'limit', 'offset', 'columns', 'on_conflict', 'and', 'or'];

const SHARED_PARAMETERS: readonly (readonly [string, Json])[] = [
  queryParameter('select', 'Columns and embedded resources to return: id,name,author(name)'),
  queryParameter('order', 'Columns to order by: name.desc.nullslast,id'),
  queryParameter('limit', 'Most rows to return', { type: 'integer', minimum: 0 }),
  queryParameter('offset', 'Rows to leave out first', { type: 'integer', minimum: 0 }),
  queryParameter('columns', 'Members of the body to read; the others are ignored'),
  queryParameter('on_conflict', 'Unique columns an upsert finds rows by; the primary key unless given'),
  queryParameter('and', 'Conditions that must all hold: (age.gte.18,name.like.A*)'),
  queryParameter('or', 'Conditions of which one must hold: (age.lt.18,vip.is.true)'),
  headerParameter('prefer', 'Prefer', 'return=representation, count=exact, resolution=merge-duplicates, …'),
  headerParameter('range', 'Range', 'Rows to return, counted from 0: 0-24'),
];

function queryParameter(name: string, description: string, schema: Json = { type: 'string' }): [string, Json] {
  return [`query.${name}`, { name, in: 'query', description, schema }];
}

function headerParameter(key: string, name: string, description: string): [string, Json] {
  return [`header.${key}`, { name, in: 'header', description, schema: { type: 'string' } }];
}

function parameter(key: string): Json {
  return { $ref: `#/components/parameters/${key}` };
}

/** A name as part of a component's key, which takes letters, digits, `_` and `-` as they are; no two become one. */
function keyOf(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/gu, (character) => `.${character.codePointAt(0)?.toString(16) ?? ''}.`);
}

function filterParameters({ name: relation, columns }: ApiRelation): readonly [string, Json][] {
  return filterable(columns).map(({ name, type, comment }) => [
    `filter.${keyOf(relation)}.${keyOf(name)}`,
    {
      name,
      in: 'query',
      description: comment ?? `Condition on ${type}: eq.…, in.(…), is.null, …`,
      schema: { type: 'string' },
    },
  ]);
}

function filterable(columns: readonly ApiColumn[]): readonly ApiColumn[] {
  return columns.filter(({ name, select }) => select && !RESERVED.includes(name));
}

function relationSchemas(relation: ApiRelation): readonly [string, Json][] {
  const key = keyOf(relation.name);
  const readable = relation.columns.filter((column) => column.select);
  const insertable = relation.columns.filter((column) => column.insert);
  const updatable = relation.columns.filter((column) => column.update);
  const needed = insertable.filter(
    ({ nullable, defaultExpression, identity }) => !nullable && defaultExpression === null && identity === null,
  );
  return [
    ...(relation.select ? [[`row.${key}`, objectOf(readable, [], relation.comment)] satisfies [string, Json]] : []),
    ...(relation.insert ? [[`insert.${key}`, objectOf(insertable, needed)] satisfies [string, Json]] : []),
    ...(relation.update ? [[`update.${key}`, objectOf(updatable, [])] satisfies [string, Json]] : []),
  ];
}

function objectOf(columns: readonly ApiColumn[], required: readonly ApiColumn[], comment: string | null = null): Json {
  return {
    type: 'object',
    ...described(comment),
    ...(required.length === 0 ? {} : { required: required.map(({ name }) => name) }),
    properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(column)])),
  };
}

function columnSchema(column: ApiColumn): Json {
  const { type, ...rest } = schemaOfType(column.type);
  const orNull = column.nullable && type !== undefined;
  const labels = column.enumLabels;
  const notes = [
    column.comment,
    column.primary ? 'Primary key.' : null,
    column.refersTo === null ? null : `Refers to \`${column.refersTo.relation}.${column.refersTo.column}\`.`,
    column.defaultExpression === null || column.identity !== null ? null : `Default: \`${column.defaultExpression}\`.`,
  ].filter((note) => note !== null);
  return {
    ...(type === undefined ? {} : { type: orNull ? [type, 'null'] : type }),
    ...rest,
    format: column.type,
    ...(labels.length === 0 ? {} : { enum: orNull ? [...labels, null] : labels }),
    ...(column.maxLength === null ? {} : { maxLength: column.maxLength }),
    ...described(notes.length === 0 ? null : notes.join(' ')),
  };
}

function described(text: string | null): Json {
  return text === null ? {} : { description: text };
}

function relationPath(relation: ApiRelation): Json {
  const key = keyOf(relation.name);
  const filters = filterable(relation.columns).map(({ name }) => parameter(`filter.${key}.${keyOf(name)}`));
  const conditions = [...filters, parameter('query.and'), parameter('query.or')];
  const row = { $ref: `#/components/schemas/row.${key}` };
  const tags = [relation.name];
  const returned = { description: 'The changed rows, with `return=representation`.', content: rowsContent(row) };
  const empty = { description: 'Done; nothing is returned unless preferred.' };
  const shaped = [parameter('query.select'), parameter('header.prefer')];
  return {
    ...(relation.select && {
      get: {
        tags,
        summary: `Read ${relation.name}`,
        parameters: [
          ...conditions,
          ...['query.select', 'query.order', 'query.limit', 'query.offset', 'header.range', 'header.prefer'].map(
            parameter,
          ),
        ],
        responses: {
          200: { description: 'The rows.', content: rowsContent(row) },
          206: { description: 'Some of the rows, with `count=exact`.', content: rowsContent(row) },
          ...FAILURE,
        },
      },
    }),
    ...(relation.insert && {
      post: {
        tags,
        summary: `Insert into ${relation.name}`,
        parameters: [...['query.columns', 'query.on_conflict'].map(parameter), ...shaped],
        requestBody: bodyOf({ $ref: `#/components/schemas/insert.${key}` }),
        responses: { 201: relation.select ? returned : empty, ...FAILURE },
      },
    }),
    ...(relation.update && {
      patch: {
        tags,
        summary: `Update ${relation.name}`,
        parameters: [...conditions, parameter('query.columns'), ...shaped],
        requestBody: { content: { 'application/json': { schema: { $ref: `#/components/schemas/update.${key}` } } } },
        responses: { ...(relation.select ? { 200: returned } : {}), 204: empty, ...FAILURE },
      },
    }),
    ...(relation.delete && {
      delete: {
        tags,
        summary: `Delete from ${relation.name}`,
        parameters: [...conditions, ...shaped],
        responses: { ...(relation.select ? { 200: returned } : {}), 204: empty, ...FAILURE },
      },
    }),
  };
}

const FAILURE: Json = { default: { $ref: '#/components/responses/error' } };

function rowsContent(row: Json): Json {
  return {
    'application/json': { schema: { type: 'array', items: row } },
    'application/vnd.pgrst.object+json': { schema: row },
    'text/csv': { schema: { type: 'string' } },
  };
}

/** One row or a list of rows. */
function bodyOf(row: Json): Json {
  return {
    required: true,
    content: {
      'application/json': { schema: { oneOf: [row, { type: 'array', items: row }] } },
      'text/csv': { schema: { type: 'string' } },
    },
  };
}

function routinePath({ name, overloads, produces }: ApiRoutine): Json {
  const [first] = overloads;
  const isReadable = overloads.some(({ volatility }) => volatility !== 'volatile');
  const schemas = overloads.map(argumentsSchema);
  const common = {
    tags: [`rpc ${name}`],
    summary: first.comment?.split('\n')[0] ?? `Call ${name}`,
  };
  const responses = responsesOf(first.result, produces);
  const names = new Map(
    overloads.flatMap(({ parameters }) =>
      parameters.filter((each) => each.name !== '').map((each) => [each.name, each] as const),
    ),
  );
  const required = (argument: string): boolean =>
    overloads.every(({ parameters }) => parameters.some((each) => each.name === argument && each.required));
  return {
    ...(isReadable && {
      get: {
        ...common,
        parameters: [...names.values()].map(({ name: argument, type }) => ({
          name: argument,
          in: 'query',
          required: required(argument),
          description: type,
          schema: { type: 'string' },
        })),
        responses,
      },
    }),
    post: {
      ...common,
      parameters: [parameter('header.prefer')],
      requestBody: {
        content: { 'application/json': { schema: schemas.length === 1 ? schemas[0] : { anyOf: schemas } } },
      },
      responses,
    },
  };
}

function argumentsSchema({ parameters }: Routine): Json {
  const named = parameters.filter(({ name }) => name !== '');
  // One unnamed parameter takes the body as it is.
  if (parameters.length > 0 && named.length === 0) return {};
  const required = named.filter((each) => each.required).map(({ name }) => name);
  return {
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(named.map(({ name, type }) => [name, { ...schemaOfType(type), format: type }])),
  };
}

function responsesOf(result: FunctionResult, produces: string | null): Json {
  if (result.kind === 'void') return { 204: { description: 'Done.' }, ...FAILURE };
  const one =
    result.kind === 'scalar'
      ? { ...schemaOfType(result.type), format: result.type }
      : {
          type: 'object',
          ...(result.columns.length === 0
            ? {}
            : {
                properties: Object.fromEntries(
                  result.columns.map(({ name, type }) => [name, { ...schemaOfType(type), format: type }]),
                ),
              }),
        };
  const schema = result.set ? { type: 'array', items: one } : one;
  const content = { ...(produces === null ? {} : { [produces]: {} }), 'application/json': { schema } };
  return { 200: { description: 'The result.', content }, ...FAILURE };
}

import type { ApiColumn, ApiDescription, ApiRelation, ApiRoutine } from './describe-api.ts';
import { type Json, schemaOfType } from './json-schema.ts';

/**
 * The OpenAPI 2.0 document of an API, in the form PostgREST gives it.
 *
 * @param publicUrl Origin and prefix of the project.
 */
export function openApi2({ title, description, relations, routines }: ApiDescription, publicUrl: string): Json {
  const url = new URL(publicUrl);
  return {
    swagger: '2.0',
    info: { title, description, version: '1' },
    host: url.host,
    basePath: `${url.pathname.replace(/\/$/, '')}/rest/v1`,
    schemes: [url.protocol.replace(':', '')],
    consumes: MEDIA_TYPES,
    produces: MEDIA_TYPES,
    paths: Object.fromEntries([...relations.map(relationPath), ...routines.map(routinePath)]),
    definitions: Object.fromEntries(relations.map((relation) => [relation.name, definition(relation)])),
    parameters: Object.fromEntries([...SHARED_PARAMETERS, ...relations.flatMap(relationParameters)]),
    externalDocs: {
      description: 'PostgREST Documentation',
      url: 'https://postgrest.org/en/stable/references/api.html',
    },
  };
}

const MEDIA_TYPES = [
  'application/json',
  'application/vnd.pgrst.object+json;nulls=stripped',
  'application/vnd.pgrst.object+json',
  'text/csv',
];

const header = (name: string, values: readonly string[], more: Json = {}): Json => ({
  name,
  in: 'header',
  type: 'string',
  required: false,
  ...(values.length === 0 ? {} : { enum: values }),
  ...more,
});
const query = (name: string, description: string): Json => ({
  name,
  in: 'query',
  type: 'string',
  required: false,
  description,
});

const SHARED_PARAMETERS: readonly (readonly [string, Json])[] = [
  ['preferParams', header('Prefer', ['params=single-object'])],
  ['preferReturn', header('Prefer', ['return=representation', 'return=minimal', 'return=none'])],
  ['preferCount', header('Prefer', ['count=none'])],
  [
    'preferPost',
    header('Prefer', [
      'return=representation',
      'return=minimal',
      'return=none',
      'resolution=ignore-duplicates',
      'resolution=merge-duplicates',
    ]),
  ],
  ['select', query('select', 'Filtering Columns')],
  ['on_conflict', query('on_conflict', 'On Conflict')],
  ['order', query('order', 'Ordering')],
  ['range', header('Range', [], { description: 'Limiting and Pagination' })],
  ['rangeUnit', header('Range-Unit', [], { description: 'Limiting and Pagination', default: 'items' })],
  ['offset', query('offset', 'Limiting and Pagination')],
  ['limit', query('limit', 'Limiting and Pagination')],
];

function relationParameters(relation: ApiRelation): readonly (readonly [string, Json])[] {
  const filters = relation.columns.map(({ name, comment }): readonly [string, Json] => [
    `rowFilter.${relation.name}.${name}`,
    { name, in: 'query', type: 'string', required: false, ...(comment === null ? {} : { description: comment }) },
  ]);
  const body = {
    name: relation.name,
    in: 'body',
    required: false,
    schema: { $ref: `#/definitions/${relation.name}` },
    ...(relation.comment === null ? {} : { description: relation.comment }),
  };
  return [[`body.${relation.name}`, body], ...filters];
}

function reference(parameter: string): Json {
  return { $ref: `#/parameters/${parameter}` };
}

function relationPath(relation: ApiRelation): readonly [string, Json] {
  const filters = relation.columns.map(({ name }) => reference(`rowFilter.${relation.name}.${name}`));
  const body = reference(`body.${relation.name}`);
  const common = {
    tags: [relation.name],
    ...(relation.comment === null ? {} : { summary: relation.comment.split('\n')[0] }),
  };
  const paging = ['order', 'range', 'rangeUnit', 'offset', 'limit', 'preferCount'].map(reference);
  const rows = { type: 'array', items: { $ref: `#/definitions/${relation.name}` } };
  const get = {
    ...common,
    parameters: [...filters, reference('select'), ...paging],
    responses: { 200: { description: 'OK', schema: rows }, 206: { description: 'Partial Content' } },
  };
  const noContent = { 204: { description: 'No Content' } };
  return [
    `/${relation.name}`,
    {
      ...(relation.select ? { get } : {}),
      ...(relation.insert
        ? {
            post: {
              ...common,
              parameters: [body, reference('select'), reference('preferPost')],
              responses: { 201: { description: 'Created' } },
            },
          }
        : {}),
      ...(relation.delete
        ? { delete: { ...common, parameters: [...filters, reference('preferReturn')], responses: noContent } }
        : {}),
      ...(relation.update
        ? { patch: { ...common, parameters: [...filters, body, reference('preferReturn')], responses: noContent } }
        : {}),
    },
  ];
}

function routinePath({ overloads: [routine] }: ApiRoutine): readonly [string, Json] {
  const properties = Object.fromEntries(
    routine.parameters.map(({ name, type }) => [name, { ...schemaOfType(type), format: type }]),
  );
  const required = routine.parameters.filter((parameter) => parameter.required).map(({ name }) => name);
  const common = {
    tags: [`(rpc) ${routine.name}`],
    ...(routine.comment === null ? {} : { summary: routine.comment.split('\n')[0] }),
    produces: MEDIA_TYPES,
    responses: { 200: { description: 'OK' } },
  };
  const schema = { type: 'object', properties, ...(required.length === 0 ? {} : { required }) };
  const post = {
    ...common,
    parameters: [{ name: 'args', in: 'body', required: true, schema }, { $ref: '#/parameters/preferParams' }],
  };
  const get = {
    ...common,
    parameters: routine.parameters.map(({ name, type, required: isRequired }) => ({
      name,
      in: 'query',
      required: isRequired,
      ...schemaOfType(type),
      format: type,
    })),
  };
  return [`/rpc/${routine.name}`, routine.volatility === 'volatile' ? { post } : { get, post }];
}

function definition(relation: ApiRelation): Json {
  const required = relation.columns.filter(({ nullable }) => !nullable).map(({ name }) => name);
  return {
    ...(relation.comment === null ? {} : { description: relation.comment }),
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(relation.columns.map((column) => [column.name, property(column)])),
    type: 'object',
  };
}

function property(column: ApiColumn): Json {
  const { refersTo } = column;
  const notes = [
    ...(column.primary ? ['This is a Primary Key.<pk/>'] : []),
    ...(refersTo === null
      ? []
      : [
          `This is a Foreign Key to \`${refersTo.relation}.${refersTo.column}\`.` +
            `<fk table='${refersTo.relation}' column='${refersTo.column}'/>`,
        ]),
  ];
  const note = notes.length === 0 ? null : `Note:\n${notes.join('\n')}`;
  const description = [column.comment, note].filter((text) => text !== null).join('\n\n');
  return {
    ...(column.defaultExpression === null ? {} : { default: column.defaultExpression }),
    ...(description === '' ? {} : { description }),
    ...(column.enumLabels.length === 0 ? {} : { enum: column.enumLabels }),
    format: column.type,
    ...(column.maxLength === null ? {} : { maxLength: column.maxLength }),
    ...schemaOfType(column.type),
  };
}

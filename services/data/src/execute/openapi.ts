import type { Column, ProjectDatabase, Relation, Routine, Snapshot } from '@ashlar/postgres';

export interface OpenApiSource {
  readonly snapshot: Snapshot;
  readonly schema: string;
  readonly database: ProjectDatabase;
  readonly role: string;
  /** Origin and prefix of the project. */
  readonly publicUrl: string;
}

type Json = { readonly [key: string]: unknown };

/** What of a schema a role may use: names alone, the snapshot knows the rest. */
const USABLE = `
  SELECT
    (SELECT coalesce(json_agg(c.relname), '[]') FROM pg_catalog.pg_class c
      WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'v', 'm', 'f', 'p')
        AND (has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege(c.oid, 'DELETE'))),
    (SELECT coalesce(json_agg(DISTINCT p.proname), '[]') FROM pg_catalog.pg_proc p
      WHERE p.pronamespace = n.oid AND has_function_privilege(p.oid, 'EXECUTE')),
    obj_description(n.oid, 'pg_namespace')
  FROM pg_catalog.pg_namespace n WHERE n.nspname = $1 AND has_schema_privilege(n.oid, 'USAGE')`;

/** The OpenAPI 2.0 document of what a role may see of a schema, in the form PostgREST gives it. */
export async function describeOpenApi({ snapshot, schema, database, role, publicUrl }: OpenApiSource): Promise<string> {
  const result = await database.call({
    login: 'authenticator',
    role,
    settings: [],
    readOnly: true,
    connection: 'shared',
    statement: { text: USABLE, values: [schema] },
  });
  const [relationNames, routineNames, comment] = result.rows[0] ?? [];
  const usable = { relations: nameSet(relationNames), routines: nameSet(routineNames) };
  const relations = [...snapshot.relations.values()]
    .filter((relation) => relation.schema === schema && usable.relations.has(relation.name))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const routines = [...snapshot.routines.values()]
    .flatMap(([first]) => (first?.schema === schema && usable.routines.has(first.name) ? [first] : []))
    .toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const url = new URL(publicUrl);
  const [title = `standard ${schema} schema`, ...description] = (comment ?? undefined)?.split('\n') ?? [];
  return JSON.stringify({
    swagger: '2.0',
    info: { title, description: description.join('\n').trim(), version: '1' },
    host: url.host,
    basePath: `${url.pathname.replace(/\/$/, '')}/rest/v1`,
    schemes: [url.protocol.replace(':', '')],
    consumes: MEDIA_TYPES,
    produces: MEDIA_TYPES,
    paths: Object.fromEntries([...relations.map(relationPath), ...routines.map(routinePath)]),
    definitions: Object.fromEntries(relations.map((relation) => [relation.name, definition(relation, snapshot)])),
    parameters: Object.fromEntries([...SHARED_PARAMETERS, ...relations.flatMap(relationParameters)]),
    externalDocs: {
      description: 'PostgREST Documentation',
      url: 'https://postgrest.org/en/stable/references/api.html',
    },
  });
}

const MEDIA_TYPES = [
  'application/json',
  'application/vnd.pgrst.object+json;nulls=stripped',
  'application/vnd.pgrst.object+json',
  'text/csv',
];

/** @param json As the statement above aggregates it. */
function nameSet(json: string | null | undefined): ReadonlySet<string> {
  return new Set(JSON.parse(json ?? '[]') as readonly string[]);
}

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

function relationParameters(relation: Relation): readonly (readonly [string, Json])[] {
  const filters = [...relation.columns.values()].map(({ name, comment }): readonly [string, Json] => [
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

function relationPath(relation: Relation): readonly [string, Json] {
  const filters = [...relation.columns.keys()].map((column) => reference(`rowFilter.${relation.name}.${column}`));
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
      get,
      ...(relation.insertable
        ? {
            post: {
              ...common,
              parameters: [body, reference('select'), reference('preferPost')],
              responses: { 201: { description: 'Created' } },
            },
          }
        : {}),
      ...(relation.deletable
        ? { delete: { ...common, parameters: [...filters, reference('preferReturn')], responses: noContent } }
        : {}),
      ...(relation.updatable
        ? { patch: { ...common, parameters: [...filters, body, reference('preferReturn')], responses: noContent } }
        : {}),
    },
  ];
}

function routinePath(routine: Routine): readonly [string, Json] {
  const properties = Object.fromEntries(
    routine.parameters.map(({ name, type }) => [name, { ...typeOf(type), format: type }]),
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
      ...typeOf(type),
      format: type,
    })),
  };
  return [`/rpc/${routine.name}`, routine.volatility === 'volatile' ? { post } : { get, post }];
}

function definition(relation: Relation, snapshot: Snapshot): Json {
  const columns = [...relation.columns.values()];
  const required = columns.filter(({ nullable }) => !nullable).map(({ name }) => name);
  return {
    ...(relation.comment === null ? {} : { description: relation.comment }),
    ...(required.length === 0 ? {} : { required }),
    properties: Object.fromEntries(columns.map((column) => [column.name, property(column, relation, snapshot)])),
    type: 'object',
  };
}

function property(column: Column, relation: Relation, snapshot: Snapshot): Json {
  const notes = [
    ...(relation.primaryKey.includes(column.name) ? ['This is a Primary Key.<pk/>'] : []),
    ...foreignKeyNotes(column, relation, snapshot),
  ];
  const note = notes.length === 0 ? null : `Note:\n${notes.join('\n')}`;
  const description = [column.comment, note].filter((text) => text !== null).join('\n\n');
  return {
    ...(column.defaultExpression === null ? {} : { default: column.defaultExpression }),
    ...(description === '' ? {} : { description }),
    ...(column.enumLabels.length === 0 ? {} : { enum: column.enumLabels }),
    format: column.type,
    ...(column.maxLength === null ? {} : { maxLength: column.maxLength }),
    ...typeOf(column.type),
  };
}

function foreignKeyNotes(column: Column, relation: Relation, snapshot: Snapshot): readonly string[] {
  const relationships = snapshot.relationships.get(`${relation.schema}\0${relation.name}`) ?? [];
  const target = relationships.find(
    ({ ownsForeignKey, columns }) => ownsForeignKey && columns.length === 1 && columns[0]?.origin === column.name,
  );
  const pair = target?.columns[0];
  if (target === undefined || pair === undefined) return [];
  const name = `${target.target}.${pair.target}`;
  return [`This is a Foreign Key to \`${name}\`.<fk table='${target.target}' column='${pair.target}'/>`];
}

/** JSON Schema's idea of a PostgreSQL type. */
function typeOf(type: string): Json {
  if (type.endsWith('[]')) return { type: 'array', items: typeOf(type.slice(0, -2)) };
  if (/^(smallint|integer|bigint)$/.test(type)) return { type: 'integer' };
  if (/^(numeric|real|double precision)/.test(type)) return { type: 'number' };
  if (type === 'boolean') return { type: 'boolean' };
  return type === 'json' || type === 'jsonb' ? {} : { type: 'string' };
}

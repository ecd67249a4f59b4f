import type { ColumnInfo, FunctionInfo, TableInfo } from '../../api/structure-types.ts';

/** Where calls go and what they are signed with. */
export interface Target {
  /** `https://host/p/shop` */
  readonly address: string;
  /** The publishable key: what a browser may have. */
  readonly key: string;
  /** Names of GraphQL are `camelCase`. */
  readonly inflects: boolean;
}

export const LANGUAGES = ['js', 'curl', 'graphql'] as const;
export type Language = (typeof LANGUAGES)[number];

/** A call to be copied; null in a language that cannot say it. */
export interface Snippet {
  readonly does: 'connect' | 'read' | 'one' | 'insert' | 'update' | 'delete' | 'call';
  readonly js: string;
  readonly curl: string;
  readonly graphql: string | null;
}

const NUMBER = /^(smallint|integer|bigint|numeric|real|double precision)/;

/** A value that fits, to be replaced. */
function sampleOf(type: string): unknown {
  if (type.endsWith('[]')) return [];
  if (NUMBER.test(type)) return 1;
  if (type === 'boolean') return true;
  if (type.startsWith('json')) return {};
  if (type === 'uuid') return '00000000-0000-0000-0000-000000000000';
  if (type === 'date') return '2026-01-31';
  if (type.startsWith('timestamp')) return '2026-01-31T12:00:00Z';
  return 'text';
}

/** GraphQL's strings are JSON's; big numbers and what has no scalar of its own are strings. */
function graphqlValue(type: string): string {
  const value = sampleOf(type);
  return JSON.stringify(/^(bigint|numeric|json)/.test(type) ? JSON.stringify(value) : value);
}

function jsValue(value: unknown): string {
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}

/** As JavaScript writes it. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n')}'`;
}

/** As a shell takes it, whatever is in it. */
function shell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function member(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : quote(name);
}

function jsObject(values: readonly (readonly [string, unknown])[]): string {
  return `{ ${values.map(([name, value]) => `${member(name)}: ${jsValue(value)}`).join(', ')} }`;
}

interface CurlCall {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly string[];
  readonly body?: string;
}

function curl({ address, key }: Target, { method, path, headers = [], body }: CurlCall): string {
  const lines = [
    `curl${method === undefined ? '' : ` -X ${method}`} ${shell(`${address}${path}`)}`,
    `-H ${shell(`apikey: ${key}`)}`,
    ...[...headers, ...(body === undefined ? [] : ['content-type: application/json'])].map(
      (header) => `-H ${shell(header)}`,
    ),
    ...(body === undefined ? [] : [`-d ${shell(body)}`]),
  ];
  return lines.join(' \\\n  ');
}

export function connectSnippet(target: Target): Snippet {
  const { address, key } = target;
  return {
    does: 'connect',
    js: `import { createClient } from '@supabase/supabase-js';\n\nconst supabase = createClient(${quote(address)}, ${quote(key)});`,
    curl: curl(target, { path: '/rest/v1/' }),
    graphql: null,
  };
}

/** A fitting value for each column. */
function samplesOf(list: readonly ColumnInfo[]): readonly (readonly [string, unknown])[] {
  return list.map((column) => [column.name, sampleOf(column.type)]);
}

function jsonOf(list: readonly ColumnInfo[]): string {
  return JSON.stringify(Object.fromEntries(samplesOf(list)));
}

/** GraphQL speaks of names only it can say; others go by another name, which its schema tells. */
const GRAPHQL_NAME = /^[A-Za-z_]\w*$/;

function inflect(name: string, isType: boolean, inflects: boolean): string {
  if (!inflects) return name;
  const camel = name.replaceAll(/_+([a-z0-9])/gi, (_match, letter: string) => letter.toUpperCase());
  return `${isType ? camel.charAt(0).toUpperCase() : camel.charAt(0).toLowerCase()}${camel.slice(1)}`;
}

/**
 * Calls that read and write a table.
 *
 * @param key Names of its primary key's columns; without one there is no single row to speak of, and no GraphQL.
 * @param isWritable False for views.
 */
export function tableSnippets(
  target: Target,
  table: TableInfo,
  key: readonly string[],
  isWritable: boolean,
): readonly Snippet[] {
  const { schema, name, columns } = table;
  const client = schema === 'public' ? 'supabase' : `supabase.schema(${quote(schema)})`;
  const from = `await ${client}.from(${quote(name)})`;
  const path = `/rest/v1/${encodeURIComponent(name)}`;
  const reading = schema === 'public' ? [] : [`accept-profile: ${schema}`];
  const writing = [...(schema === 'public' ? [] : [`content-profile: ${schema}`]), 'prefer: return=representation'];
  const keys = columns.filter((column) => key.includes(column.name));
  const given = columns.filter(({ default: value, identity, generated, nullable }) => {
    return value === null && identity === null && !generated && !nullable;
  });
  const [first] = columns.filter((column) => !key.includes(column.name) && !column.generated);
  const inserted = given.length > 0 ? given : first === undefined ? [] : [first];
  const changed = columns.filter((column) => !key.includes(column.name) && !column.generated).slice(0, 1);
  const matches = keys.map((column) => `.eq(${quote(column.name)}, ${jsValue(sampleOf(column.type))})`).join('');
  const query = keys
    .map(({ name: column, type }) => `${encodeURIComponent(column)}=eq.${encodeURIComponent(String(sampleOf(type)))}`)
    .join('&');

  const { inflects } = target;
  const field = (column: string): string => inflect(column, false, inflects);
  const mayGraph =
    keys.length > 0 && columns.every((column) => GRAPHQL_NAME.test(column.name)) && GRAPHQL_NAME.test(name);
  const type = inflect(name, true, inflects);
  const entity = inflect(name, false, inflects);
  const fields = columns
    .slice(0, 5)
    .map((column) => field(column.name))
    .join(' ');
  const object = (list: readonly ColumnInfo[]): string =>
    `{ ${list.map((column) => `${field(column.name)}: ${graphqlValue(column.type)}`).join(', ')} }`;
  const filter = `{ ${keys.map((column) => `${field(column.name)}: { eq: ${graphqlValue(column.type)} }`).join(', ')} }`;
  const graph = (text: string): string | null => (mayGraph ? text : null);

  const snippets: Snippet[] = [
    {
      does: 'read',
      js: `const { data, error } = ${from}\n  .select('*')\n  .limit(10);`,
      curl: curl(target, { path: `${path}?select=*&limit=10`, headers: reading }),
      graphql: graph(`{\n  ${entity}Collection(first: 10) {\n    edges { node { ${fields} } }\n  }\n}`),
    },
  ];
  if (keys.length > 0) {
    snippets.push({
      does: 'one',
      js: `const { data, error } = ${from}\n  .select('*')\n  ${matches}\n  .maybeSingle();`,
      curl: curl(target, { path: `${path}?select=*&${query}`, headers: reading }),
      graphql: graph(
        `{\n  ${entity}ByPk(${keys.map((column) => `${field(column.name)}: ${graphqlValue(column.type)}`).join(', ')}) { ${fields} }\n}`,
      ),
    });
  }
  if (!isWritable || inserted.length === 0) return snippets;
  snippets.push({
    does: 'insert',
    js: `const { data, error } = ${from}\n  .insert(${jsObject(samplesOf(inserted))})\n  .select();`,
    curl: curl(target, { method: 'POST', path, headers: writing, body: jsonOf(inserted) }),
    graphql: graph(
      `mutation {\n  insertInto${type}Collection(objects: [${object(inserted)}]) {\n    affectedCount\n    records { ${fields} }\n  }\n}`,
    ),
  });
  if (keys.length === 0) return snippets;
  if (changed.length > 0) {
    snippets.push({
      does: 'update',
      js: `const { data, error } = ${from}\n  .update(${jsObject(samplesOf(changed))})\n  ${matches}\n  .select();`,
      curl: curl(target, { method: 'PATCH', path: `${path}?${query}`, headers: writing, body: jsonOf(changed) }),
      graphql: graph(
        `mutation {\n  update${type}Collection(set: ${object(changed)}, filter: ${filter}) {\n    affectedCount\n    records { ${fields} }\n  }\n}`,
      ),
    });
  }
  snippets.push({
    does: 'delete',
    js: `const { error } = ${from}\n  .delete()\n  ${matches};`,
    curl: curl(target, { method: 'DELETE', path: `${path}?${query}`, headers: writing }),
    graphql: graph(`mutation {\n  deleteFrom${type}Collection(filter: ${filter}) { affectedCount }\n}`),
  });
  return snippets;
}

/** `a integer, b text DEFAULT 'x'`: what goes in, without what may be left out. */
export function inputsOf(parameters: string): readonly { readonly name: string; readonly type: string }[] {
  return splitList(parameters).flatMap((part) => {
    const text = part.trim().replace(/^(IN|INOUT|VARIADIC)\s+/, '');
    if (text === '' || /^(OUT|TABLE)\s/.test(text) || /\sDEFAULT\s/.test(text)) return [];
    const found = /^("(?:[^"]|"")+"|\S+)\s+(.+)$/.exec(text);
    if (found === null) return [];
    const [, name = '', type = ''] = found;
    return [{ name: name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name, type }];
  });
}

/** At commas that are in no parentheses and no quotes. */
function splitList(text: string): readonly string[] {
  const parts: string[] = [''];
  let depth = 0;
  let quoted: string | null = null;
  for (const sign of text) {
    if (quoted !== null) quoted = sign === quoted ? null : quoted;
    else if (sign === '"' || sign === "'") quoted = sign;
    else if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    if (sign === ',' && depth === 0 && quoted === null) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts;
}

/** A call of a function. */
export function functionSnippets(target: Target, one: FunctionInfo): readonly Snippet[] {
  const { schema, name, returns, volatility } = one;
  const inputs = inputsOf(one.arguments);
  const values = inputs.map(({ name: input, type }): readonly [string, unknown] => [input, sampleOf(type)]);
  const client = schema === 'public' ? 'supabase' : `supabase.schema(${quote(schema)})`;
  const headers = schema === 'public' ? [] : [`content-profile: ${schema}`];
  const given = values.length === 0 ? '' : `, ${jsObject(values)}`;
  const isScalar = returns !== null && !/^(SETOF|TABLE|void|trigger|record)/i.test(returns) && GRAPHQL_NAME.test(name);
  const call = `${inflect(name, false, target.inflects)}${
    inputs.length === 0
      ? ''
      : `(${inputs.map((input) => `${inflect(input.name, false, target.inflects)}: ${graphqlValue(input.type)}`).join(', ')})`
  }`;
  return [
    {
      does: 'call',
      js: `const { data, error } = await ${client}.rpc(${quote(name)}${given});`,
      curl: curl(target, {
        method: 'POST',
        path: `/rest/v1/rpc/${encodeURIComponent(name)}`,
        headers,
        body: JSON.stringify(Object.fromEntries(values)),
      }),
      graphql:
        isScalar && /^(smallint|integer|bigint|numeric|text|boolean|uuid|date|timestamp|json|real|double)/.test(returns)
          ? `${volatility === 'volatile' ? 'mutation ' : ''}{ ${call} }`
          : null,
    },
  ];
}

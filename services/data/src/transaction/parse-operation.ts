import type { Method } from '../execute/incoming.ts';
import { restErrors } from '../rest-errors.ts';
import { isJsonObject, type Json, type JsonObject } from './exact-json.ts';
import { Members } from './members.ts';
import { type FilterValue, parseWhere } from './parse-where.ts';
import { countMarkers, isList, isReference } from './references.ts';

/** An operation that is a request of the REST surface in another form: read, planned and run like one. */
export interface RequestOperation {
  readonly kind: 'request';
  readonly method: Method;
  /** Below the prefix, decoded, without a leading slash. */
  readonly path: string;
  readonly schema: string | null;
  readonly accept: string;
  readonly prefer: readonly string[];
  readonly parameters: readonly (readonly [key: string, value: FilterValue])[];
  /** Rows or arguments; values in it may be references. */
  readonly body: Json | null;
  /** References and literals in it; without any it is the same request each time. */
  readonly markers: number;
}

export interface EventOperation {
  readonly kind: 'event';
  readonly type: string;
  readonly subject: Json;
  readonly data: Json;
  readonly markers: number;
}

/** A job that is asked for if the transaction commits. */
export interface JobOperation {
  readonly kind: 'job';
  readonly task: string;
  readonly payload: Json;
  readonly options: Json;
  readonly markers: number;
}

export type Operation = RequestOperation | EventOperation | JobOperation;

const KINDS = ['insert', 'upsert', 'update', 'delete', 'select', 'rpc', 'event', 'job'] as const;
type WriteKind = 'insert' | 'upsert' | 'update' | 'delete';

const METHODS: Readonly<Record<WriteKind, Method>> = {
  insert: 'POST',
  upsert: 'POST',
  update: 'PATCH',
  delete: 'DELETE',
};

const JSON_TYPE = 'application/json';
const OBJECT_TYPE = 'application/vnd.pgrst.object+json';

/**
 * Reads one operation of a transaction.
 *
 * @param index Its place: it may refer to the results of those before it.
 * @throws ASH20 naming what is wrong with it.
 */
export function parseOperation(value: Json, index: number): Operation {
  const members = new Members(value, 'an operation');
  const kind = members.oneOf('op', KINDS);
  switch (kind) {
    case null:
      throw restErrors.badTransaction(`"op" must be one of ${KINDS.join(', ')}`);
    case 'job':
      return jobOf(members, index);
    case 'event':
      return eventOf(members, index);
    case 'select':
    case 'rpc':
      return readOf(members, kind, index);
    case 'insert':
    case 'upsert':
    case 'update':
    case 'delete':
      return writeOf(members, kind, index);
  }
}

function writeOf(members: Members, kind: WriteKind, index: number): RequestOperation {
  const path = nameOf(members, 'table');
  const schema = members.optionalText('schema');
  const returning = members.optionalText('returning');
  const single = members.flag('single');
  if (single && returning === null) throw restErrors.badTransaction('"single" needs "returning"');
  const prefer = [`return=${returning === null ? 'minimal' : 'representation'}`];
  const parameters: (readonly [string, FilterValue])[] = [];
  if (returning !== null) parameters.push(['select', returning]);

  const body = kind === 'delete' ? null : rowsOf(members.value('values'));
  if (body !== null) {
    const columns = members.texts('columns');
    if (columns !== null) parameters.push(['columns', columnList(columns)]);
    const missing = members.oneOf('missing', ['default', 'null']);
    if (missing !== null) prefer.push(`missing=${missing}`);
  }
  if (kind === 'upsert') {
    const target = members.texts('onConflict');
    if (target !== null) parameters.push(['on_conflict', columnList(target)]);
    prefer.push(`resolution=${members.flag('ignoreDuplicates') ? 'ignore' : 'merge'}-duplicates`);
  }
  if (kind === 'update' || kind === 'delete') {
    parameters.push(...parseWhere(members.value('where')));
    prefer.push(...affectedOf(members));
  }
  members.end(`the operation "${kind}"`);
  const accept = single ? OBJECT_TYPE : JSON_TYPE;
  return request({ method: METHODS[kind], path, schema, accept, prefer, parameters, body }, index);
}

function readOf(members: Members, kind: 'select' | 'rpc', index: number): RequestOperation {
  const path = kind === 'select' ? nameOf(members, 'table') : `rpc/${nameOf(members, 'function')}`;
  const schema = members.optionalText('schema');
  const accept = members.flag('single') ? OBJECT_TYPE : JSON_TYPE;
  const prefer = members.flag('count') ? ['count=exact'] : [];
  const parameters: (readonly [string, FilterValue])[] = [];
  for (const name of ['select', 'order'] as const) {
    const text = members.optionalText(name);
    if (text !== null) parameters.push([name, text]);
  }
  for (const name of ['limit', 'offset'] as const) {
    const number = members.wholeNumber(name);
    if (number !== null) parameters.push([name, String(number)]);
  }
  parameters.push(...parseWhere(members.value('where')));
  let body: Json | null = null;
  if (kind === 'rpc') {
    body = argumentsOf(members.value('arguments'));
    prefer.push(...affectedOf(members));
  }
  members.end(`the operation "${kind}"`);
  const method = kind === 'select' ? 'GET' : 'POST';
  return request({ method, path, schema, accept, prefer, parameters, body }, index);
}

function eventOf(members: Members, index: number): EventOperation {
  const type = members.text('type');
  const subject = members.value('subject') ?? null;
  const data = members.value('data') ?? {};
  members.end('the operation "event"');
  return { kind: 'event', type, subject, data, markers: countMarkers(subject, index) + countMarkers(data, index) };
}

function jobOf(members: Members, index: number): JobOperation {
  const task = members.text('task');
  const payload = members.value('payload') ?? {};
  const options = members.value('options') ?? {};
  members.end('the operation "job"');
  return { kind: 'job', task, payload, options, markers: countMarkers(payload, index) + countMarkers(options, index) };
}

function request(parts: Omit<RequestOperation, 'kind' | 'markers'>, index: number): RequestOperation {
  let markers = countMarkers(parts.body, index);
  for (const [, value] of parts.parameters) if (typeof value !== 'string') markers += countMarkers(value.value, index);
  return { kind: 'request', ...parts, markers };
}

/** A slash would make the name a path of its own. */
function nameOf(members: Members, member: 'table' | 'function'): string {
  const name = members.text(member);
  if (name.includes('/')) throw restErrors.invalidPath();
  return name;
}

/** Which columns are written is decided before anything runs, so a reference stands for a value, never for a row. */
function rowsOf(value: Json | undefined): Json {
  if (isRow(value) || (value !== undefined && isList(value) && value.every(isRow))) return value;
  throw restErrors.badTransaction('"values" must be an object, or a list of objects');
}

function isRow(value: Json | undefined): value is JsonObject {
  return isJsonObject(value) && !isReference(value);
}

function argumentsOf(value: Json | undefined): Json | null {
  if (value === undefined) return null;
  if (isRow(value)) return value;
  throw restErrors.badTransaction('"arguments" must be an object');
}

function affectedOf(members: Members): readonly string[] {
  const rows = members.wholeNumber('maxAffected');
  return rows === null ? [] : ['handling=strict', `max-affected=${rows}`];
}

function columnList(names: readonly string[]): string {
  return names.map((name) => `"${name.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',');
}

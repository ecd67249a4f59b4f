import { RestError } from '../rest-error.ts';
import { restErrors } from '../rest-errors.ts';
import { parseColumnList } from './column-list.ts';
import { Cursor } from './cursor.ts';
import { type Filter, parseFilter } from './filter.ts';
import { type LogicGroup, parseLogicTree } from './logic-tree.ts';
import { parseName } from './name.ts';
import type { Operand } from './operand.ts';
import { type OrderTerm, parseOrder } from './order.ts';
import { type QueryOwner, type RawParameter, decodeComponent } from './query-string.ts';
import { parseCount } from './range.ts';
import { type SelectItem, parseSelect } from './select.ts';

/** A modifier and the embed it is for; an empty path is the request's own relation. */
export interface At<Value> {
  readonly path: readonly string[];
  readonly value: Value;
}

export interface QueryTree {
  readonly select: readonly SelectItem[];
  readonly filters: readonly Filter[];
  readonly logic: readonly At<LogicGroup>[];
  readonly orders: readonly At<readonly OrderTerm[]>[];
  readonly limits: readonly At<number>[];
  readonly offsets: readonly At<number>[];
  /** Null when not given. */
  readonly columns: readonly string[] | null;
  readonly onConflict: readonly string[] | null;
  /** Arguments of a function called by GET, in order; a name may repeat. */
  readonly arguments: readonly { readonly name: string; readonly value: Operand }[];
}

const SELECT_ALL: readonly SelectItem[] = [{ kind: 'star' }];

/** All parameters of a request, each by its own grammar. */
export function parseQuery(parameters: readonly RawParameter[], owner: QueryOwner): QueryTree {
  let select: readonly SelectItem[] | null = null;
  let columns: readonly string[] | null = null;
  let onConflict: readonly string[] | null = null;
  const filters: Filter[] = [];
  const logic: At<LogicGroup>[] = [];
  const orders: At<readonly OrderTerm[]>[] = [];
  const limits: At<number>[] = [];
  const offsets: At<number>[] = [];
  const args: { readonly name: string; readonly value: Operand }[] = [];
  let slots = 0;

  for (const parameter of parameters) {
    const key = decodeComponent(parameter.key);
    const value = decodeComponent(parameter.value);
    const slot = parameter.fixedLength === null ? null : slots++;
    if (key === 'select') select ??= parseSelect(value);
    else if (key === 'columns') columns ??= parseColumnList(value, 'columns parameter');
    else if (key === 'on_conflict') onConflict ??= parseColumnList(value, 'on_conflict parameter');
    else {
      const dot = key.lastIndexOf('.');
      const modifier = key.slice(dot + 1);
      const before = dot === -1 ? '' : key.slice(0, dot);
      if (modifier === 'order') orders.push({ path: parsePath(before), value: parseOrder(value) });
      else if (modifier === 'limit') pushCount(limits, before, value);
      else if (modifier === 'offset') pushCount(offsets, before, value);
      else if (modifier === 'and' || modifier === 'or') logic.push(logicAt(before, modifier, value));
      else if (owner === 'arguments') {
        const filter = tryFilter(key, value, slot);
        if (filter === null) args.push({ name: key, value: { text: value, start: 0, encoding: 'verbatim', slot } });
        else filters.push(filter);
      } else filters.push(parseFilter(key, value, slot));
    }
  }
  const tree = { filters, logic, orders, limits, offsets, columns, onConflict, arguments: args };
  return { select: select ?? SELECT_ALL, ...tree };
}

function logicAt(before: string, kind: 'and' | 'or', value: string): At<LogicGroup> {
  const negated = before === 'not' || before.endsWith('.not');
  const path = negated ? before.slice(0, Math.max(0, before.length - '.not'.length)) : before;
  return { path: parsePath(path), value: parseLogicTree(kind, negated, value) };
}

function pushCount(counts: At<number>[], before: string, value: string): void {
  const count = parseCount(value);
  if (count === null) return;
  if (count < 0) throw restErrors.rangeNotSatisfiable('Limit should be greater than or equal to zero.');
  counts.push({ path: parsePath(before), value: count });
}

/** `a.b` as the names of nested embeds. */
function parsePath(text: string): readonly string[] {
  if (text === '') return [];
  const cursor = new Cursor(text, 'tree path');
  const path: string[] = [];
  do path.push(parseName(cursor));
  while (cursor.take('.'));
  cursor.expectEnd();
  return path;
}

/** Null when the value is no operator expression: then the parameter is an argument of the function. */
function tryFilter(key: string, value: string, slot: number | null): Filter | null {
  try {
    return parseFilter(key, value, slot);
  } catch (error) {
    if (error instanceof RestError) return null;
    throw error;
  }
}

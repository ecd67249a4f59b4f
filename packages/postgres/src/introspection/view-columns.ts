import type { Oid, Position } from './catalogue.ts';

/** The relation and column another column shows unchanged. */
export interface ColumnOrigin {
  readonly relation: Oid;
  readonly position: Position;
}

/** Which columns of which relations the columns of one view show: by the view's column position. */
export type ViewOrigins = ReadonlyMap<Position, ColumnOrigin>;

/**
 * Reads a view's stored query (`pg_rewrite.ev_action`, a `pg_node_tree`) for the origin of each output column. The
 * parser of PostgreSQL has already followed joins, subqueries and WITH, and left in each entry of the outermost
 * target list the table (`resorigtbl`) and column (`resorigcol`) it is taken from, 0 for an expression; a union
 * has none. The text nests `{NODE :field value}` and `(lists)`, a backslash escapes the character after it.
 */
export function readViewOrigins(rule: string): ViewOrigins {
  const origins = new Map<Position, ColumnOrigin>();
  let cursor = findTargetList(rule);
  if (cursor === -1) return origins;
  for (let depth = 0; cursor < rule.length; cursor += 1) {
    const character = rule.charCodeAt(cursor);
    if (character === BACKSLASH) cursor += 1;
    else if (opens(character)) depth += 1;
    else if (closes(character)) {
      depth -= 1;
      if (depth === 0) return origins;
    } else if (character === COLON && depth === ENTRY_DEPTH && rule.startsWith(RESNO, cursor)) {
      ENTRY.lastIndex = cursor;
      const entry = ENTRY.exec(rule);
      if (entry === null || entry[4] === 'true' || entry[2] === '0') continue;
      origins.set(Number(entry[1]), { relation: Number(entry[2]), position: Number(entry[3]) });
    }
  }
  return origins;
}

/**
 * Follows views of views down to the relations that hold the rows.
 * @returns For each view, its columns by the base column they show; several when a view shows one twice.
 */
export function resolveViewColumns(views: ReadonlyMap<Oid, ViewOrigins>): ReadonlyMap<Oid, BaseColumns> {
  const resolved = new Map<Oid, BaseColumns>();
  for (const [view, origins] of views) {
    const columns = new Map<Oid, Map<Position, Position[]>>();
    for (const [position, origin] of origins) {
      for (const step of originPath(origin, views)) {
        const ofRelation = columns.get(step.relation) ?? new Map<Position, Position[]>();
        columns.set(step.relation, ofRelation);
        ofRelation.set(step.position, [...(ofRelation.get(step.position) ?? []), position]);
      }
    }
    resolved.set(view, columns);
  }
  return resolved;
}

/** By relation and its column: the positions of the view's columns that show it, in the view's order. */
export type BaseColumns = ReadonlyMap<Oid, ReadonlyMap<Position, readonly Position[]>>;

/** More than any sane schema nests; a cycle cannot be created, but a bound costs nothing. */
const MAX_VIEW_DEPTH = 64;

function originPath(origin: ColumnOrigin, views: ReadonlyMap<Oid, ViewOrigins>): readonly ColumnOrigin[] {
  const path: ColumnOrigin[] = [];
  let step: ColumnOrigin | undefined = origin;
  while (step !== undefined && path.length < MAX_VIEW_DEPTH) {
    path.push(step);
    step = views.get(step.relation)?.get(step.position);
  }
  return path;
}

const BACKSLASH = 0x5c;
const COLON = 0x3a;
const TARGET_LIST = ':targetList ';
const RESNO = ':resno ';
const ENTRY =
  /:resno (\d+) :resname (?:\\.|[^\\ ])+ :ressortgroupref \d+ :resorigtbl (\d+) :resorigcol (\d+) :resjunk (\w+)/y;
/** `({QUERY :field`: inside the list of actions and the query. */
const QUERY_DEPTH = 2;
/** `({TARGETENTRY :field`: inside the target list and an entry. */
const ENTRY_DEPTH = 2;

function findTargetList(rule: string): number {
  for (let cursor = 0, depth = 0; cursor < rule.length; cursor += 1) {
    const character = rule.charCodeAt(cursor);
    if (character === BACKSLASH) cursor += 1;
    else if (opens(character)) depth += 1;
    else if (closes(character)) depth -= 1;
    else if (character === COLON && depth === QUERY_DEPTH && rule.startsWith(TARGET_LIST, cursor)) {
      return cursor + TARGET_LIST.length;
    }
  }
  return -1;
}

function opens(character: number): boolean {
  return character === 0x28 || character === 0x7b; // ( {
}

function closes(character: number): boolean {
  return character === 0x29 || character === 0x7d; // ) }
}

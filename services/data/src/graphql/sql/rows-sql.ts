import { unreachable } from '@ashlar/kernel';
import { identifier, qualified } from '../../sql/identifier.ts';
import { RESULT } from '../../sql/level-sql.ts';
import { whereSql } from '../../sql/predicate-sql.ts';
import type { SqlWriter } from '../../sql/sql-writer.ts';
import type {
  AggregateValue,
  Condition,
  ConnectionPlan,
  ConnectionValue,
  EdgeValue,
  Invocation,
  Member,
  NodeValue,
  OrderTerm,
  PageInfoValue,
  RowPlan,
  Rows,
} from '../plan/operation-plan.ts';
import { conditionSql } from './condition-sql.ts';
import { objectSql, rowObject, type RowObject } from './object-sql.ts';
import { RowScope } from './row-scope.ts';
import { opaqueSql, valueSql } from './value-sql.ts';

const PLACE = '"_n"';
const PAGE = '"_page"';

/** Writes what is read of rows, level inside level; each has an alias of its own. */
export class RowsWriter {
  readonly #writer: SqlWriter;
  #aliases = 0;

  constructor(writer: SqlWriter) {
    this.#writer = writer;
  }

  scope(): RowScope {
    this.#aliases += 1;
    return new RowScope(`t${this.#aliases}`);
  }

  /** One row as JSON, null without one. */
  row({ rows, members }: RowPlan, above: RowScope | null): string {
    const scope = this.scope();
    const { json, from } = this.#objects(members, scope, () => this.#chosen(rows, above, scope, null, ' LIMIT 1'));
    return `(SELECT ${json} FROM ${from})`;
  }

  /** A row's members as a JSON object. */
  object(members: readonly Member<NodeValue>[], scope: RowScope): string {
    return objectSql(members, (value) => this.#nodeValue(value, scope));
  }

  #objects(members: readonly Member<NodeValue>[], scope: RowScope, from: () => string): RowObject {
    return rowObject(members, (value) => this.#nodeValue(value, scope), from);
  }

  call({ function: name, arguments: list }: Invocation): string {
    const given = list.map(({ name: parameter, type, value }) => {
      const sql = value === null ? 'NULL' : this.#writer.constant(value);
      return `${identifier(parameter)} := ${sql}::${type}`;
    });
    return `${qualified(name)}(${given.join(', ')})`;
  }

  where(conditions: readonly Condition[], alias: string): string {
    return whereSql(conditions.map((condition) => conditionSql(condition, alias, this.#writer)));
  }

  /** A collection as one JSON object. */
  connection(plan: ConnectionPlan, above: RowScope | null): string {
    const edges = onlyEdges(plan);
    if (edges !== null) return this.#edgesAlone(plan, edges, above);
    const { order, page, members } = plan;
    const scope = this.scope();
    const gathered = new Gathered();
    const object = objectSql(members, (value) => this.#connectionValue(value, plan, scope, gathered, above));
    if (gathered.isEmpty) return object;
    const looksAhead = gathered.looksAhead;
    const isNumbered = looksAhead || page.backward;
    const limit = ` LIMIT ${page.limit + (looksAhead ? 1 : 0)}${page.offset === 0 ? '' : ` OFFSET ${page.offset}`}`;
    const chosen = this.#chosen(
      plan.rows,
      above,
      scope,
      plan,
      `${orderSql(order, scope.alias, page.backward)}${limit}`,
    );
    const alias = identifier(scope.alias);
    const rows = isNumbered
      ? `(SELECT ${alias}.*, row_number() OVER () AS ${PLACE} FROM ${chosen}) AS ${alias}`
      : chosen;
    return `(SELECT ${object} FROM (SELECT ${gathered.list()} FROM ${rows}) AS ${PAGE})`;
  }

  /** A connection of which nothing but the edges is asked for, and what has nothing to do with the page. */
  #edgesAlone(plan: ConnectionPlan, edges: Edges, above: RowScope | null): string {
    const scope = this.scope();
    const chosen = (): string => {
      const { order, page } = plan;
      const range = ` LIMIT ${page.limit}${page.offset === 0 ? '' : ` OFFSET ${page.offset}`}`;
      return this.#chosen(plan.rows, above, scope, plan, `${orderSql(order, scope.alias, false)}${range}`);
    };
    const edge = this.#edgeObjects(edges, plan, scope, chosen);
    const object = objectSql(plan.members, (value) =>
      value === edges
        ? `coalesce(${PAGE}."_edges", '[]')`
        : this.#connectionValue(value, plan, scope, new Gathered(), above),
    );
    return `(SELECT ${object} FROM (SELECT json_agg(${edge.json}) AS "_edges" FROM ${edge.from}) AS ${PAGE})`;
  }

  #edgeObjects({ members }: Edges, plan: ConnectionPlan, scope: RowScope, chosen: () => string): RowObject {
    const [first] = members;
    // Nearly always an edge is its node.
    if (members.length !== 1 || first?.value.kind !== 'node') {
      return rowObject(members, (member) => this.#edgeValue(member, plan, scope), chosen);
    }
    const node = this.#objects(first.value.members, scope, chosen);
    return rowObject(
      members,
      () => node.json,
      () => node.from,
    );
  }

  /** The rows themselves: what is shown of them is known by now, so that no more is selected. */
  #chosen(
    { source, link, where }: Rows,
    above: RowScope | null,
    scope: RowScope,
    paged: ConnectionPlan | null,
    tail: string,
  ): string {
    const conditions = paged?.page.seek == null ? where : [...where, paged.page.seek];
    const from = this.#from({ source, link, where: conditions }, above, scope);
    return `(SELECT ${scope.list()}${from}${tail}) AS ${identifier(scope.alias)}`;
  }

  #from({ source, link, where }: Rows, above: RowScope | null, scope: RowScope): string {
    const alias = identifier(scope.alias);
    const ties = link.map(
      ({ origin, target }) => `${alias}.${identifier(target)} = ${above?.column(origin) ?? 'NULL'}`,
    );
    const conditions = where.map((condition) => conditionSql(condition, scope.alias, this.#writer));
    return ` FROM ${this.#source(source, above)} AS ${alias}${whereSql([...ties, ...conditions])}`;
  }

  #source(source: Rows['source'], above: RowScope | null): string {
    switch (source.kind) {
      case 'relation':
        return qualified(source);
      case 'call':
        return this.call(source.invocation);
      case 'computed':
        return `${qualified(source.function)}(${above?.row() ?? 'NULL'})`;
      case 'result':
        return RESULT;
      default:
        return unreachable(source);
    }
  }

  #nodeValue(value: NodeValue, scope: RowScope): string {
    switch (value.kind) {
      case 'column':
        return valueSql(scope.column(value.name), value.type);
      case 'computed':
        return valueSql(scope.computed(value.function), value.type);
      case 'node-id': {
        const { relation, primaryKey } = value.entity;
        const place = [relation.schema, relation.name].map((name) => `${this.#writer.constant(name)}::text`);
        return opaqueSql([...place, ...primaryKey.map(({ name }) => scope.column(name))]);
      }
      case 'row':
        return this.row(value.row, scope);
      case 'connection':
        return this.connection(value.connection, scope);
      default:
        return unreachable(value);
    }
  }

  #connectionValue(
    value: ConnectionValue,
    plan: ConnectionPlan,
    scope: RowScope,
    gathered: Gathered,
    above: RowScope | null,
  ): string {
    switch (value.kind) {
      case 'edges': {
        const edge = objectSql(value.members, (member) => this.#edgeValue(member, plan, scope));
        return `coalesce(${gathered.add((filter) => `json_agg(${edge}${givenOrder(plan, scope)})${filter}`, scope, plan)}, '[]')`;
      }
      case 'page-info':
        return objectSql(value.members, ({ kind }) => this.#pageInfo(kind, plan, scope, gathered, above));
      case 'total-count':
        return `(SELECT count(*)${this.#from(plan.rows, above, this.scope())})`;
      case 'aggregate': {
        const all = this.scope();
        const object = objectSql(value.members, (member) => this.#aggregate(member));
        const columns = aggregateColumns(value.members, all);
        return `(SELECT ${object} FROM (SELECT ${columns}${this.#from(plan.rows, above, all)}) AS "_all")`;
      }
      default:
        return unreachable(value);
    }
  }

  #edgeValue(value: EdgeValue, { order }: ConnectionPlan, scope: RowScope): string {
    return value.kind === 'cursor' ? cursorSql(order, scope) : this.object(value.members, scope);
  }

  #aggregate(value: AggregateValue): string {
    if (value.kind === 'count') return '"_all"."_count"';
    return objectSql(value.members, ({ column, type }) =>
      valueSql(`"_all".${identifier(aggregateName(value.aggregate, column))}`, type),
    );
  }

  #pageInfo(
    kind: PageInfoValue['kind'],
    plan: ConnectionPlan,
    scope: RowScope,
    gathered: Gathered,
    above: RowScope | null,
  ): string {
    const { backward, limit, offset, seek } = plan.page;
    if (kind === 'startCursor' || kind === 'endCursor') {
      const descending = (kind === 'endCursor') !== backward;
      const cursor = cursorSql(plan.order, scope);
      const place = `${identifier(scope.alias)}.${PLACE}`;
      gathered.looksAhead = true;
      const all = (filter: string): string =>
        `(array_agg(${cursor} ORDER BY ${place}${descending ? ' DESC' : ''})${filter})[1]`;
      return gathered.add(all, scope, plan);
    }
    const isAhead = (kind === 'hasNextPage') !== backward;
    if (isAhead) {
      gathered.looksAhead = true;
      return gathered.add(() => `count(*) > ${limit}`, scope, plan);
    }
    const passed = seek === null ? [] : [this.#passed(plan.rows, seek, above)];
    if (offset > 0) {
      const skipped: Rows = { ...plan.rows, where: seek === null ? plan.rows.where : [...plan.rows.where, seek] };
      passed.push(`EXISTS (SELECT${this.#from(skipped, above, this.scope())})`);
    }
    return passed.length === 0 ? 'FALSE' : `(${passed.join(' OR ')})`;
  }

  /** Whether there are rows on the near side of the cursor. */
  #passed(rows: Rows, seek: Condition, above: RowScope | null): string {
    const scope = this.scope();
    const near: Condition = { kind: 'untrue', condition: seek };
    return `EXISTS (SELECT${this.#from({ ...rows, where: [...rows.where, near] }, above, scope)})`;
  }
}

type Edges = Extract<ConnectionValue, { readonly kind: 'edges' }>;

/** The edges, where a page is read forwards and neither they nor its ends are asked for once more. */
function onlyEdges({ members, page }: ConnectionPlan): Edges | null {
  if (page.backward) return null;
  let edges: Edges | null = null;
  for (const { value } of members) {
    if (value.kind === 'page-info') return null;
    if (value.kind !== 'edges') continue;
    if (edges !== null) return null;
    edges = value;
  }
  return edges;
}

/** The aggregates over a page, each computed once and shown where it belongs. */
class Gathered {
  readonly #columns = new Map<string, string>();
  readonly #makers: ((looksAhead: boolean) => string)[] = [];
  looksAhead = false;

  get isEmpty(): boolean {
    return this.#makers.length === 0;
  }

  /** @param make Gets the filter that leaves out the row that was only fetched to know of it. */
  add(make: (filter: string) => string, scope: RowScope, { page }: ConnectionPlan): string {
    const name = `_g${this.#makers.length}`;
    const ahead = ` FILTER (WHERE ${identifier(scope.alias)}.${PLACE} <= ${page.limit})`;
    this.#makers.push((looksAhead) => `${make(looksAhead ? ahead : '')} AS ${identifier(name)}`);
    this.#columns.set(name, name);
    return `${PAGE}.${identifier(name)}`;
  }

  list(): string {
    return this.#makers.map((make) => make(this.looksAhead)).join(', ');
  }
}

/** A page from the end is found in reverse. */
function givenOrder({ page }: ConnectionPlan, scope: RowScope): string {
  return page.backward ? ` ORDER BY ${identifier(scope.alias)}.${PLACE} DESC` : '';
}

function cursorSql(order: readonly OrderTerm[], scope: RowScope): string {
  return opaqueSql(order.map(({ column }) => scope.column(column.name)));
}

function orderSql(order: readonly OrderTerm[], alias: string, backward: boolean): string {
  const terms = order.map(({ column, descending, nullsFirst }) => {
    const name = `${identifier(alias)}.${identifier(column.name)}`;
    const isDescending = descending !== backward;
    const isFirst = nullsFirst !== backward;
    // PostgreSQL has nulls last in ascending order: said only where it differs and there can be any, so that plain
    // indexes serve. Clients ask for DescNullsLast by habit, which no index of a primary key gives.
    const nulls = !column.column.nullable || isFirst === isDescending ? '' : ` NULLS ${isFirst ? 'FIRST' : 'LAST'}`;
    return `${name}${isDescending ? ' DESC' : ''}${nulls}`;
  });
  return ` ORDER BY ${terms.join(', ')}`;
}

function aggregateName(aggregate: string, column: string): string {
  return `${aggregate} ${column}`;
}

function aggregateColumns(members: readonly Member<AggregateValue>[], scope: RowScope): string {
  const columns = new Map<string, string>();
  for (const { value } of members) {
    if (value.kind === 'count') columns.set('_count', 'count(*)');
    if (value.kind !== 'columns') continue;
    for (const { value: member } of value.members) {
      if (member.kind !== 'aggregated') continue;
      const name = aggregateName(value.aggregate, member.column);
      columns.set(name, `${value.aggregate}(${scope.column(member.column)})`);
    }
  }
  if (columns.size === 0) return 'count(*)';
  return [...columns].map(([name, sql]) => `${sql} AS ${identifier(name)}`).join(', ');
}

import { relationKey, type Relation, type Relationship, type Snapshot } from '@ashlar/postgres';
import type { Field } from '../parse/field.ts';
import type { LogicNode } from '../parse/logic-tree.ts';
import type { OrderTerm } from '../parse/order.ts';
import type { QueryTree } from '../parse/parse-query.ts';
import { ALL_ROWS, type RowRange } from '../parse/range.ts';
import type { EmbedItem, SelectItem } from '../parse/select.ts';
import { pathName } from '../parse/field.ts';
import { restErrors } from '../rest-errors.ts';
import type { Condition } from '../parse/condition.ts';
import type { ColumnRef, Embed, Level, Link, OrderBy, Output, Predicate, QualifiedName, Source } from './query-plan.ts';
import { resolveRelationship } from './resolve-relationship.ts';

export interface LevelContext {
  readonly snapshot: Snapshot;
  /** Schema of the request. */
  readonly schema: string;
  readonly aggregatesEnabled: boolean;
  /** Cap on rows of each level, or null. */
  readonly maxRows: number | null;
}

/** The relation the rows of a level belong to, as far as it is known. */
export interface RootLevel {
  readonly source: Source;
  readonly alias: string;
  readonly origin: QualifiedName | null;
  /** Types of columns that are no relation's. */
  readonly columnTypes: ReadonlyMap<string, string>;
  readonly range: RowRange;
}

/** A level while its parts are gathered; then it is a `Level`. */
interface Draft extends Level {
  readonly outputs: Output[];
  readonly where: Predicate[];
  readonly order: OrderBy[];
  readonly embeds: DraftEmbed[];
  range: RowRange;
  grouped: boolean;
  readonly name: string;
  readonly columnTypes: ReadonlyMap<string, string>;
}

interface DraftEmbed extends Embed {
  readonly level: Draft;
  readonly item: EmbedItem;
}

/** Turns select list, filters, orders and ranges into the level of `root` and the embeds below it. */
export function planLevel(context: LevelContext, root: RootLevel, tree: QueryTree): Level {
  const draft = draftLevel(
    context,
    { ...root, lendsAggregates: false },
    root.origin?.name ?? root.alias,
    tree.select,
    0,
    root.alias,
  );
  for (const { path, field, condition } of tree.filters) {
    const level = levelAt(draft, path);
    level.where.push(planCondition(level, field, condition));
  }
  for (const { path, value } of tree.logic) {
    const level = levelAt(draft, path);
    level.where.push(planLogic(level, value));
  }
  for (const { path, value } of tree.orders) {
    const level = levelAt(draft, path);
    level.order.push(...value.map((term) => planOrder(level, term)));
  }
  for (const { path, value } of tree.limits) {
    if (path.length === 0) continue; // the root's range is the caller's, it also knows the Range header
    const level = levelAt(draft, path);
    level.range = { ...level.range, limit: Math.min(level.range.limit ?? Infinity, value) };
  }
  for (const { path, value } of tree.offsets) {
    if (path.length === 0) continue;
    const level = levelAt(draft, path);
    level.range = { ...level.range, offset: value };
  }
  return draft;
}

/**
 * What an action must return for a level that reads its rows. `*` stands for the columns in `known`; other names
 * beside it are computed columns, which only the action's own row can be asked for.
 */
export function columnsRead(level: Level, known: ReadonlyMap<string, unknown>): readonly string[] {
  const names = new Set<string>();
  for (const output of level.outputs) {
    if (output.kind === 'star') names.add('*');
    else if (output.kind === 'column') names.add(output.column.name);
  }
  for (const { column, embed } of level.order) if (embed === null) names.add(column.name);
  for (const predicate of level.where) addColumns(predicate, names);
  for (const { link } of level.embeds) {
    if (link.kind === 'columns') for (const pair of link.pairs) names.add(pair.origin);
    else if (link.kind === 'junction') for (const pair of link.junction.originColumns) names.add(pair.origin);
    else names.add('*');
  }
  return names.has('*') ? [...names].filter((name) => name === '*' || !known.has(name)) : [...names];
}

function addColumns(predicate: Predicate, names: Set<string>): void {
  if (predicate.kind === 'condition') names.add(predicate.column.name);
  else if (predicate.kind !== 'absent') for (const inner of predicate.predicates) addColumns(inner, names);
}

function draftLevel(
  context: LevelContext,
  root: RootLevel & Pick<Level, 'lendsAggregates'>,
  name: string,
  items: readonly SelectItem[],
  depth: number,
  rootAlias: string,
): Draft {
  const relation = relationOf(context, root.origin);
  const columnTypes =
    relation === null
      ? root.columnTypes
      : new Map([...relation.columns.values()].map((column) => [column.name, column.type]));
  const aggregates = items.some((item) => item.kind === 'count' || (item.kind === 'field' && item.aggregate !== null));
  if (aggregates && !context.aggregatesEnabled) throw restErrors.aggregatesDisabled();
  const { source, alias, range, lendsAggregates } = root;
  const draft: Draft = {
    source,
    alias,
    outputs: [],
    where: [],
    order: [],
    range,
    embeds: [],
    grouped: aggregates && !lendsAggregates,
    lendsAggregates,
    name,
    columnTypes,
  };
  for (const item of items) {
    switch (item.kind) {
      case 'star':
        draft.outputs.push({ kind: 'star', alias, names: [...columnTypes.keys()] });
        break;
      case 'field':
        draft.outputs.push({
          kind: 'column',
          column: columnRef(draft, item.field),
          cast: item.cast,
          aggregate: item.aggregate,
          name: item.alias ?? item.aggregate?.name ?? pathName(item.field),
        });
        break;
      case 'count':
        draft.outputs.push({ kind: 'count', cast: item.cast, name: item.alias ?? 'count' });
        break;
      case 'embed': {
        const embed = draftEmbed(context, root.origin, draft, item, depth + 1, rootAlias);
        draft.embeds.push(embed);
        if (!embed.hidden) draft.outputs.push({ kind: 'embed', embed });
        break;
      }
    }
  }
  if (!lendsAggregates && draft.embeds.some(({ level }) => lendsAny(level))) draft.grouped = true;
  return draft;
}

/** Whether aggregates of this spread, or of spreads in it, are left to the level above. */
function lendsAny({ lendsAggregates, outputs, embeds }: Level): boolean {
  if (!lendsAggregates) return false;
  return (
    outputs.some((output) => output.kind === 'count' || (output.kind === 'column' && output.aggregate !== null)) ||
    embeds.some((embed) => lendsAny(embed.level))
  );
}

function draftEmbed(
  context: LevelContext,
  origin: QualifiedName | null,
  parent: Draft,
  item: EmbedItem,
  depth: number,
  rootAlias: string,
): DraftEmbed {
  const from = origin ?? { schema: context.schema, name: parent.name };
  const relationship = resolveRelationship(context.snapshot, context.schema, from, item.target, item.hint);
  const target = { schema: relationship.targetSchema, name: relationship.target };
  const toOne = relationship.cardinality === 'many-to-one' || relationship.cardinality === 'one-to-one';
  const alias = embedAlias(relationship.target, depth, rootAlias);
  const hidden = item.items.length === 0;
  // Of a hidden embed only whether there is a row matters.
  const limit = hidden ? 1 : context.maxRows;
  const level = draftLevel(
    context,
    {
      source: { kind: 'relation', ...target },
      alias,
      origin: target,
      columnTypes: new Map(),
      range: toOne ? ALL_ROWS : { offset: 0, limit },
      lendsAggregates: toOne && item.spread,
    },
    item.target,
    item.items,
    depth,
    rootAlias,
  );
  return {
    item,
    name: item.alias ?? item.target,
    alias: embedAlias(item.alias ?? item.target, depth, rootAlias),
    level,
    toOne,
    inner: item.inner,
    spread: item.spread,
    link: linkOf(relationship, parent, depth),
    hidden,
  };
}

/** `orders_1`; never the alias of the request's own relation, which a table may happen to be called. */
function embedAlias(name: string, depth: number, rootAlias: string): string {
  const alias = `${name}_${depth}`;
  return alias === rootAlias ? `${alias}_` : alias;
}

function linkOf(relationship: Relationship, parent: Draft, depth: number): Link {
  const { junction, computedBy, columns, originSchema, origin } = relationship;
  const { alias, source } = parent;
  if (computedBy !== null) {
    const rowType = source.kind === 'result' ? { schema: originSchema, name: origin } : null;
    return { kind: 'computed', parent: alias, function: computedBy, rowType };
  }
  if (junction === null) return { kind: 'columns', parent: alias, pairs: columns };
  return { kind: 'junction', parent: alias, alias: `${junction.name}_${depth}_via`, junction };
}

function relationOf({ snapshot }: LevelContext, origin: QualifiedName | null): Relation | null {
  return origin === null ? null : (snapshot.relations.get(relationKey(origin.schema, origin.name)) ?? null);
}

function levelAt(root: Draft, path: readonly string[]): Draft {
  let level = root;
  for (const name of path) {
    const embed = embedNamed(level, name);
    if (embed === undefined) throw restErrors.notEmbedded(name);
    level = embed.level;
  }
  return level;
}

function embedNamed(level: Draft, name: string): DraftEmbed | undefined {
  return (
    level.embeds.find((embed) => embed.item.alias === name) ?? level.embeds.find((embed) => embed.item.target === name)
  );
}

const JSON_TYPES: ReadonlySet<string | undefined> = new Set(['json', 'jsonb']);
const SEARCHED_AS_TEXT: ReadonlySet<string> = new Set(['text', 'character varying', 'character', 'json', 'jsonb']);

function columnRef(level: Draft, { name, path }: Field): ColumnRef {
  return { alias: level.alias, name, path, wrapped: path.length > 0 && !JSON_TYPES.has(level.columnTypes.get(name)) };
}

function planCondition(level: Draft, field: Field, condition: Condition): Predicate {
  const embed = field.path.length === 0 ? embedNamed(level, field.name) : undefined;
  if (embed !== undefined) {
    if (condition.kind === 'is' && (condition.value === 'null' || condition.value === 'not_null')) {
      return { kind: 'absent', embed, negated: (condition.value === 'not_null') !== condition.negated };
    }
    throw restErrors.badEmbedOperator(field.name);
  }
  const column = columnRef(level, field);
  return { kind: 'condition', column, condition, toVector: condition.kind === 'search' && isText(level, field) };
}

/** Whether a search meets text (or json, which is searched as text) and no tsvector. */
function isText(level: Draft, { name, path }: Field): boolean {
  const type = level.columnTypes.get(name)?.replace(/\(.*$/, '');
  return path.length > 0 || (type !== undefined && SEARCHED_AS_TEXT.has(type));
}

function planLogic(level: Draft, node: LogicNode): Predicate {
  if (node.kind === 'condition') return planCondition(level, node.field, node.condition);
  return { kind: node.kind, negated: node.negated, predicates: node.nodes.map((inner) => planLogic(level, inner)) };
}

function planOrder(level: Draft, { relation, field, direction, nulls }: OrderTerm): OrderBy {
  if (relation === null) return { column: columnRef(level, field), embed: null, direction, nulls };
  const embed = embedNamed(level, relation);
  if (embed === undefined) throw restErrors.notEmbedded(relation);
  if (!embed.toOne) throw restErrors.relatedOrderImpossible(level.name, relation);
  return { column: columnRef(embed.level, field), embed, direction, nulls };
}

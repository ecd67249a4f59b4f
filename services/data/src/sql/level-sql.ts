import type { Aggregate } from '../parse/select.ts';
import type { Embed, Level, Link, OrderBy, Output } from '../plan/query-plan.ts';
import { identifier, qualified } from './identifier.ts';
import { columnSql, EMBEDDED_ROWS, predicateSql, whereSql } from './predicate-sql.ts';
import type { SqlWriter } from './sql-writer.ts';

/** The common table that holds what a mutation or a function returned. */
export const RESULT = '"_result"';

/** A level as one SELECT; embeds are lateral joins, so each may order and limit its rows per parent. */
export function levelSql(level: Level, writer: SqlWriter, link: Link | null = null): string {
  const outputs = level.outputs.flatMap((output) => outputSql(output, level));
  const joins = level.embeds.filter((embed) => isJoined(embed, level)).map((embed) => joinSql(embed, writer));
  const list = outputs.map(({ sql }) => sql).join(', ');
  return (
    `SELECT${list === '' ? '' : ` ${list}`}${fromSql(level, link)}${joins.join('')}` +
    whereSql([...linkSql(level, link), ...level.where.map((predicate) => predicateSql(predicate, writer))]) +
    groupSql(level, outputs) +
    orderSql(level.order, writer) +
    rangeSql(level, writer)
  );
}

/** How many rows a level has without its range; embeds count only where they decide about rows. */
export function countSql(level: Level, writer: SqlWriter, upTo: number | null): string {
  const rows = countedRowsSql(level, writer);
  const bounded = upTo === null ? rows : `${rows} LIMIT ${upTo + 1}`;
  return `SELECT count(*) FROM (${bounded}) AS "_counted"`;
}

/** The rows `countSql` counts, for the planner's estimate of their number. */
export function countedRowsSql(level: Level, writer: SqlWriter): string {
  const joins = level.embeds
    .filter((embed) => embed.inner || isTested(embed, level))
    .map((embed) => joinSql(embed, writer));
  return `SELECT 1${fromSql(level, null)}${joins.join('')}${whereSql(level.where.map((predicate) => predicateSql(predicate, writer)))}`;
}

export function rangeSql({ range }: Pick<Level, 'range'>, writer: SqlWriter): string {
  const limit = range.limit === null ? '' : ` LIMIT ${range.limit}`;
  return range.offset === 0 ? limit : `${limit} OFFSET ${writer.constant(String(range.offset))}`;
}

interface OutputSql {
  readonly sql: string;
  /** What it is grouped by, or null for an aggregate. */
  readonly group: string | null;
}

function outputSql(output: Output, level: Level): readonly OutputSql[] {
  const { grouped, lendsAggregates } = level;
  switch (output.kind) {
    case 'star': {
      const alias = identifier(output.alias);
      if (!grouped) return [{ sql: `${alias}.*`, group: null }];
      return output.names.map((name) => {
        const sql = `${alias}.${identifier(name)}`;
        return { sql, group: sql };
      });
    }
    case 'count':
      // Lent: a row that is there counts, and the outer join's missing one does not.
      if (lendsAggregates) return [{ sql: `1 AS ${identifier(output.name)}`, group: null }];
      return [{ sql: `${castSql('count(*)', output.cast)} AS ${identifier(output.name)}`, group: null }];
    case 'column': {
      const { column, cast, aggregate, name } = output;
      const value = castSql(columnSql(column), cast);
      if (aggregate !== null && lendsAggregates) return [{ sql: `${value} AS ${identifier(name)}`, group: null }];
      if (aggregate !== null) {
        const sql = `${castSql(`${aggregate.name}(${value})`, aggregate.cast)} AS ${identifier(name)}`;
        return [{ sql, group: null }];
      }
      const named = cast !== null || name !== column.name || column.path.length > 0;
      return [{ sql: named ? `${value} AS ${identifier(name)}` : value, group: value }];
    }
    case 'embed':
      return embedOutputs(output.embed, level);
  }
}

function embedOutputs(embed: Embed, { grouped, lendsAggregates }: Level): readonly OutputSql[] {
  const alias = identifier(embed.alias);
  if (embed.spread) {
    return membersOf(embed.level).map(({ name, aggregate }) => {
      const sql = `${alias}.${identifier(name)}`;
      if (aggregate !== null && !lendsAggregates) {
        return { sql: `${castSql(`${aggregate.name}(${sql})`, aggregate.cast)} AS ${identifier(name)}`, group: null };
      }
      // json has no equality to group by, jsonb has.
      return grouped && !embed.toOne
        ? { sql: `${sql}::jsonb AS ${identifier(name)}`, group: `${sql}::jsonb` }
        : { sql, group: sql };
    });
  }
  const json = embed.toOne ? `row_to_json(${alias}.*)` : `COALESCE(${alias}.${EMBEDDED_ROWS}, '[]')`;
  const value = grouped ? `${json}::jsonb` : json;
  return [{ sql: `${value} AS ${identifier(embed.name)}`, group: value }];
}

interface Member {
  readonly name: string;
  /** What the level above makes of the value, when this one lends it. */
  readonly aggregate: Aggregate | null;
}

/** The members a level's rows have, in order. */
function membersOf(level: Level): readonly Member[] {
  return level.outputs.flatMap((output): readonly Member[] => {
    switch (output.kind) {
      case 'star':
        return output.names.map((name) => ({ name, aggregate: null }));
      case 'count':
        return [{ name: output.name, aggregate: level.lendsAggregates ? { name: 'count', cast: output.cast } : null }];
      case 'column':
        return [{ name: output.name, aggregate: level.lendsAggregates ? output.aggregate : null }];
      case 'embed': {
        const { embed } = output;
        if (!embed.spread) return [{ name: embed.name, aggregate: null }];
        const members = membersOf(embed.level);
        return level.lendsAggregates ? members : members.map(({ name }) => ({ name, aggregate: null }));
      }
    }
  });
}

/** The cast's type was parsed as letters, digits, `_`, `$` and blanks, so it can stand in SQL as it is. */
function castSql(sql: string, type: string | null): string {
  return type === null ? sql : `CAST(${sql} AS ${type})`;
}

function fromSql({ source, alias }: Level, link: Link | null): string {
  if (source.kind === 'result') return ` FROM ${RESULT} AS ${identifier(alias)}`;
  if (link?.kind === 'computed') {
    const row = `${identifier(link.parent)}.*`;
    const argument = link.rowType === null ? row : `CAST(ROW(${row}) AS ${qualified(link.rowType)})`;
    return ` FROM ${qualified(link.function)}(${argument}) AS ${identifier(alias)}`;
  }
  const table = `${qualified(source)}${alias === source.name ? '' : ` AS ${identifier(alias)}`}`;
  if (link?.kind !== 'junction') return ` FROM ${table}`;
  return ` FROM ${table}, ${qualified(link.junction)} AS ${identifier(link.alias)}`;
}

/** What ties an embed's rows to the row above. */
function linkSql({ alias }: Level, link: Link | null): readonly string[] {
  if (link === null || link.kind === 'computed') return [];
  if (link.kind === 'columns') {
    return link.pairs.map(({ origin, target }) => equalSql(alias, target, link.parent, origin));
  }
  return [
    ...link.junction.originColumns.map(({ origin, target }) => equalSql(link.alias, target, link.parent, origin)),
    ...link.junction.targetColumns.map(({ origin, target }) => equalSql(alias, target, link.alias, origin)),
  ];
}

function equalSql(left: string, leftColumn: string, right: string, rightColumn: string): string {
  return `${identifier(left)}.${identifier(leftColumn)} = ${identifier(right)}.${identifier(rightColumn)}`;
}

/** An embed that shows nothing, refuses nothing and is not asked about needs no join. */
function isJoined(embed: Embed, level: Level): boolean {
  return !embed.hidden || embed.inner || isTested(embed, level);
}

function isTested(embed: Embed, { where }: Level): boolean {
  const tests = (predicates: Level['where']): boolean =>
    predicates.some((predicate) => {
      if (predicate.kind === 'absent') return predicate.embed === embed;
      return predicate.kind !== 'condition' && tests(predicate.predicates);
    });
  return tests(where);
}

function joinSql(embed: Embed, writer: SqlWriter): string {
  const join = embed.inner ? ' INNER JOIN LATERAL' : ' LEFT JOIN LATERAL';
  const alias = identifier(embed.alias);
  const rows = levelSql(embed.level, writer, embed.link);
  if (embed.toOne) return `${join} (${rows}) AS ${alias} ON TRUE`;
  const present = embed.inner ? `${alias}.${EMBEDDED_ROWS} IS NOT NULL` : 'TRUE';
  return `${join} (SELECT ${gatheredSql(embed)} FROM (${rows}) AS ${alias}) AS ${alias} ON ${present}`;
}

/** All embedded rows of one parent: one array of objects, or, spread, one array for each of their members. */
function gatheredSql(embed: Embed): string {
  const alias = identifier(embed.alias);
  if (!embed.spread) return `json_agg(${alias}.*) AS ${EMBEDDED_ROWS}`;
  const members = membersOf(embed.level).map(({ name }) => {
    const member = identifier(name);
    return `COALESCE(json_agg(${alias}.${member}), '[]') AS ${member}`;
  });
  return [...members, `NULLIF(count(*), 0) AS ${EMBEDDED_ROWS}`].join(', ');
}

function groupSql({ grouped }: Level, outputs: readonly OutputSql[]): string {
  if (!grouped) return '';
  const keys = outputs.flatMap(({ group }) => (group === null ? [] : [group]));
  return keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`;
}

function orderSql(order: readonly OrderBy[], writer: SqlWriter): string {
  if (order.length === 0) return '';
  const terms = order.map(({ column, embed, direction, nulls }) => {
    const value = embed === null ? columnSql(column) : relatedSql(column, embed, writer);
    return `${value}${direction === null ? '' : ` ${direction.toUpperCase()}`}${nulls === null ? '' : ` NULLS ${nulls.toUpperCase()}`}`;
  });
  return ` ORDER BY ${terms.join(', ')}`;
}

/** A column of the one row an embed gives: read again, for it need not be among those selected. */
function relatedSql(column: OrderBy['column'], embed: Embed, writer: SqlWriter): string {
  const level: Level = {
    ...embed.level,
    outputs: [{ kind: 'column', column, cast: null, aggregate: null, name: column.name }],
    grouped: false,
    lendsAggregates: false,
  };
  return `(${levelSql(level, writer, embed.link)})`;
}

import type { CallResult, Statement, Transaction } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import type { Group } from './audience.ts';
import { filterSql, identifier, isBound, qualified } from './filter-sql.ts';
import { type LoggedChange, oldValuesOf, valuesOf } from './logged-change.ts';
import { arrayLiteral, type TableFacts } from './table-facts.ts';

/** Of a change a group may see: which of its undecided filters hold. */
export type Judgement = readonly boolean[];

/** What a group may see; nothing else is. */
export type Judgements = ReadonlyMap<LoggedChange, Judgement>;

/** What is the same for all groups of a role. The role comes last: what only the login may set is set by the login. */
const ENTER = `
  select pg_catalog.num_nonnulls(
    pg_catalog.set_config('search_path', $1, true),
    pg_catalog.set_config('request.method', 'GET', true), pg_catalog.set_config('request.path', '/', true),
    pg_catalog.set_config('request.headers', '{}', true), pg_catalog.set_config('request.cookies', '{}', true),
    pg_catalog.set_config('statement_timeout', $2, true), pg_catalog.set_config('lock_timeout', $3, true),
    pg_catalog.set_config('role', $4, true))`;
const CLAIM = `select pg_catalog.num_nonnulls(pg_catalog.set_config('request.jwt.claims', $1, true))`;

export interface JudgeTerms {
  readonly project: Project;
  readonly statementTimeoutMs: number;
}

/** Whether the database has anything to say of what a group sees. */
export function needsJudging({ role, filters }: Group): boolean {
  return !role.bypasses || filters.length > 0;
}

/** What is asked on behalf of a group. */
export interface Question {
  readonly group: Group;
  readonly changes: readonly LoggedChange[];
}

/** A policy or an operator of a filter raised, or took too long. */
export interface Refused {
  /** SQLSTATE. */
  readonly refusedWith: string;
}

/** Groups asked about in one packet. When one is refused, those behind it are asked again, each for itself. */
const GROUPS_PER_PACKET = 25;

/**
 * Asks PostgreSQL as each group: rows that are there by their key, under all its policies; rows that are gone by the
 * policies' own conditions on what the log says they were. The savepoint `batch` has to be there; whatever a policy
 * does to the transaction is undone before the next group.
 *
 * @returns In the order of the questions.
 * @throws When the database is away.
 */
export async function judge(
  tx: Transaction,
  questions: readonly Question[],
  terms: JudgeTerms,
): Promise<readonly (Judgements | Refused)[]> {
  const shared: SharedQueries = new Map();
  const packets: Promise<readonly (Judgements | Refused)[]>[] = [];
  for (let at = 0; at < questions.length; at += GROUPS_PER_PACKET) {
    packets.push(askTogether(tx, questions.slice(at, at + GROUPS_PER_PACKET), terms, shared));
  }
  return (await Promise.all(packets)).flat();
}

async function askTogether(
  tx: Transaction,
  questions: readonly Question[],
  terms: JudgeTerms,
  shared: SharedQueries,
): Promise<readonly (Judgements | Refused)[]> {
  const asked = questions.map((question, index) => {
    const lead = become(question.group, questions[index - 1]?.group, terms);
    return { lead, queries: queriesOf(question, shared) };
  });
  const { answers, error } = await tx.executeAll(
    asked.flatMap(({ lead, queries }) => [...lead, ...queries.map(({ statement }) => statement)]),
  );
  const judged: (Judgements | Refused)[] = [];
  let at = 0;
  for (const [index, { lead, queries }] of asked.entries()) {
    const first = at + lead.length;
    at = first + queries.length;
    if (at > answers.length) {
      // Nobody's policy: the way back, or becoming the group.
      if (answers.length < first) throw error;
      judged.push({ refusedWith: sqlStateOf(error) });
      const others = questions.slice(index + 1).map((question) => askTogether(tx, [question], terms, shared));
      return [...judged, ...(await Promise.all(others)).flat()];
    }
    judged.push(new Map(queries.flatMap(({ read }, place) => read(answers[first + place]?.rows ?? []))));
  }
  return judged;
}

const OUT: Statement = { text: 'rollback to savepoint "batch"', values: [] };
const BACK: Statement = { text: 'rollback to savepoint "group"', values: [] };
const HERE: Statement = { text: 'savepoint "group"', values: [] };

/** @param before Whom the transaction spoke for until now, in this packet. */
function become(
  { caller }: Group,
  before: Group | undefined,
  { project, statementTimeoutMs }: JudgeTerms,
): readonly Statement[] {
  const claim = { text: CLAIM, values: [caller.claimsJson] };
  if (before?.caller.role === caller.role) return [BACK, claim];
  const { schemas, extraSearchPath } = project.settings.rest;
  const searchPath = [...schemas.slice(0, 1), ...extraSearchPath].map(identifier).join(', ');
  const lockTimeoutMs = Math.ceil(statementTimeoutMs / 2);
  const values = [searchPath, String(statementTimeoutMs), String(lockTimeoutMs), caller.role];
  return [OUT, { text: ENTER, values }, HERE, claim];
}

interface Query {
  readonly statement: Statement;
  /** The changes that may be seen, from the rows of the answer. */
  readonly read: (rows: CallResult['rows']) => [LoggedChange, Judgement][];
}

/** What groups without filters of their own ask is the same for all who ask about the same changes. */
type SharedQueries = Map<readonly LoggedChange[], readonly Query[]>;

function queriesOf({ group, changes }: Question, shared: SharedQueries): readonly Query[] {
  const isShared = !group.role.bypasses && group.filters.length === 0 && changes.every(isThere);
  const known = isShared ? shared.get(changes) : undefined;
  if (known !== undefined) return known;
  const there = changes.filter(isThere);
  const gone = changes.filter((change) => !isThere(change));
  const queries = [
    ...(there.length > 0 ? [present(group, there)] : []),
    ...(gone.length > 0 ? [group.role.bypasses ? present(group, gone) : former(group, gone)] : []),
  ];
  if (isShared) shared.set(changes, queries);
  return queries;
}

function isThere({ change }: LoggedChange): boolean {
  return change.kind !== 'delete';
}

/** One row for each change: whether it may be seen, then the filters. */
function readAll(changes: readonly LoggedChange[]): Query['read'] {
  return (rows) =>
    rows.flatMap(([isVisible, ...filters], index): [LoggedChange, Judgement][] => {
      const change = changes[index];
      return isVisible !== 't' || change === undefined ? [] : [[change, filters.map((filter) => filter === 't')]];
    });
}

/** The numbers of those that may be seen, from 1: of what passes by, a group sees little. */
function readNumbers(changes: readonly LoggedChange[]): Query['read'] {
  return (rows) =>
    rows.flatMap(([number]): [LoggedChange, Judgement][] => {
      const change = changes[Number(number) - 1];
      return change === undefined ? [] : [[change, []]];
    });
}

/** Rows by their key; what the filters look at comes from the log, for that is what changed. */
function present({ table, role, filters }: Group, changes: readonly LoggedChange[]): Query {
  const values: string[] = [];
  const columns: string[] = [];
  const rows = changes.map(valuesOf);
  const column = (name: string): string => {
    const alias = `c${values.length}`;
    values.push(arrayLiteral(rows.map((row) => row.get(name) ?? null)));
    columns.push(`pg_catalog.unnest($${values.length}::pg_catalog.text[])`);
    return alias;
  };
  const aliases: string[] = [];
  const operand = (name: string): string => {
    const alias = column(name);
    aliases.push(alias);
    return `c.${alias}::${sqlTypeOf(table, name)}`;
  };
  // Without a column of its own `unnest` would have nothing to count.
  const count = operand(table.keys[0]?.name ?? table.columns[0]?.name ?? '');
  const [first, ...rest] = table.keys;
  const isKeyed = !role.bypasses && first !== undefined;
  const keys = isKeyed
    ? [`t.${identifier(first.name)} = ${count}`, ...rest.map(({ name }) => `t.${identifier(name)} = ${operand(name)}`)]
    : [];
  const visible = isKeyed
    ? `coalesce((select true from ${qualified(table.schema, table.name)} t where ${keys.join(' and ')} limit 1), false)`
    : 'true';
  const operands = filters.map((filter) => operand(filter.column));
  const conditions = filters.map((filter, index) =>
    boundFilter(filter, operands[index] ?? '', sqlTypeOf(table, filter.column), values),
  );
  const from = `rows from (${columns.join(', ')}) with ordinality as c(${[...aliases, 'n'].join(', ')})`;
  if (conditions.length === 0) {
    const text = `select c.n from ${from} where ${visible}`;
    return { statement: { text, values }, read: readNumbers(changes) };
  }
  const text = `select ${[visible, ...conditions].join(', ')} from ${from} order by c.n`;
  return { statement: { text, values }, read: readAll(changes) };
}

/**
 * The policies' conditions over the rows as they were. PostgreSQL writes a policy's columns with the table's name or
 * with none, so the rows take that name; as values of the table's own type they can also be passed on whole.
 */
function former({ table, role, filters }: Group, changes: readonly LoggedChange[]): Query {
  const type = qualified(table.schema, table.name);
  const alias = identifier(table.name);
  const records = changes.map(({ change }) => recordLiteral(table, oldValuesOf(change)));
  const values = [arrayLiteral(records)];
  const conditions = filters.map((filter) => {
    const operand = `${alias}.${identifier(filter.column)}`;
    return boundFilter(filter, operand, sqlTypeOf(table, filter.column), values);
  });
  // Rows leave a function's scan in the order they entered it.
  const text = `select ${[`coalesce(${role.policy ?? 'false'}, false)`, ...conditions].join(', ')}
                  from pg_catalog.unnest($1::${type}[]) as ${alias}`;
  return { statement: { text, values }, read: readAll(changes) };
}

function boundFilter(filter: Group['filters'][number], operand: string, sqlType: string, values: string[]): string {
  if (isBound(filter)) values.push(filter.operator === 'in' ? arrayLiteral(filter.values) : (filter.values[0] ?? ''));
  return `coalesce(${filterSql(filter, operand, sqlType, `$${values.length}`)}, false)`;
}

function sqlTypeOf({ columns }: TableFacts, name: string): string {
  return columns.find((column) => column.name === name)?.sqlType ?? 'pg_catalog.text';
}

/** A row in PostgreSQL's text form of the table's composite type. */
function recordLiteral({ columns }: TableFacts, row: ReadonlyMap<string, string | null | undefined>): string {
  const fields = columns.map(({ name }) => {
    const value = row.get(name) ?? null;
    return value === null ? '' : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`;
  });
  return `(${fields.join(',')})`;
}

function sqlStateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

import { hash } from 'node:crypto';
import type { ProjectDatabase } from '@ashlar/postgres';
import type { Caller, Project } from '@ashlar/service';
import type { ChangeRequest } from '../wire/join-request.ts';
import { type Filter, parseFilters } from './filter.ts';
import { settleFilter, type SettledFilter } from './filter-match.ts';
import { filterSql, isBound, isPattern } from './filter-sql.ts';
import { concerns, type TableSubscription } from './subscriber.ts';
import type { TableCatalogue } from './table-catalogue.ts';
import { arrayLiteral, type ColumnFacts, type TableFacts } from './table-facts.ts';

export interface SettledSubscriptions {
  readonly subscriptions: readonly TableSubscription[];
  /** Why the others cannot be had, for the client. */
  readonly faults: readonly string[];
}

const STATEMENT_TIMEOUT_MS = 1_000;
const MAX_COLUMNS = 100;
/** Of all filters of a channel, since the database may be asked about each; counted by their equals signs. */
const MAX_CONDITIONS = 400;

/** Finds out what can be subscribed to of what a client asks for. @throws When the database is away. */
export async function settleSubscriptions(
  project: Project,
  catalogue: TableCatalogue,
  caller: Caller,
  requests: readonly ChangeRequest[],
): Promise<SettledSubscriptions> {
  const subscriptions: TableSubscription[] = [];
  const faults: string[] = [];
  let conditions = 0;
  for (const request of requests) {
    conditions += request.filter === null ? 0 : request.filter.split('=').length;
    if (conditions > MAX_CONDITIONS) {
      faults.push(`A channel has at most ${MAX_CONDITIONS} conditions in its filters`);
      break;
    }
    const settled = await settle(project, catalogue, caller, request);
    if (typeof settled === 'string') faults.push(settled);
    else subscriptions.push(settled);
  }
  return { subscriptions, faults };
}

async function settle(
  project: Project,
  catalogue: TableCatalogue,
  caller: Caller,
  request: ChangeRequest,
): Promise<TableSubscription | string> {
  const bare: TableSubscription = {
    id: changeId(request),
    event: request.event,
    ...placeOf(request),
    filters: [],
    columns: null,
  };
  const tables = (await catalogue.published()).filter((table) => concerns(bare, table));
  const [only] = tables;
  if (only === undefined) return unknownTable(request, bare);
  if (request.filter === null && request.select === null) return bare;
  if (bare.schema === null || bare.table === null)
    return 'A filter or a selection of columns needs one schema and table';
  await catalogue.learn([only.oid], [caller.role]);
  const table = catalogue.peek(only.oid);
  if (table === undefined) return unknownTable(request, bare);
  const columns = request.select === null ? null : columnsOf(request.select, table, caller);
  if (typeof columns === 'string') return columns;
  const filters = await settleFilters(project, table, caller, request.filter);
  return typeof filters === 'string' ? filters : { ...bare, columns, filters };
}

/** Only a schema: all its tables; only a table: the one in `public`. */
function placeOf({ schema, table }: ChangeRequest): Pick<TableSubscription, 'schema' | 'table'> {
  return { schema: schema === null ? 'public' : named(schema), table: named(table) };
}

function named(name: string | null): string | null {
  return name === '*' ? null : name;
}

function columnsOf(select: readonly string[], table: TableFacts, caller: Caller): ReadonlySet<string> | string {
  if (select.length > MAX_COLUMNS) return `At most ${MAX_COLUMNS} columns can be selected`;
  const readable = table.roles.get(caller.role)?.columns;
  const wrong = select.find((name) => readable?.has(name) !== true);
  return wrong === undefined ? new Set(select) : `invalid column for select ${wrong}`;
}

async function settleFilters(
  { database }: Project,
  table: TableFacts,
  caller: Caller,
  text: string | null,
): Promise<readonly SettledFilter[] | string> {
  if (text === null || text === '') return [];
  const filters = parseFilters(text);
  if ('fault' in filters) return filters.fault;
  const readable = table.roles.get(caller.role)?.columns;
  const settled: SettledFilter[] = [];
  for (const filter of filters) {
    const column = table.columns.find(({ name }) => name === filter.column);
    if (column === undefined || readable?.has(column.name) !== true) {
      return `invalid column for filter ${filter.column}`;
    }
    const values = plainValues(filter, column) ?? (await canonical(database, caller.role, filter, column));
    if (typeof values === 'string') return `Error parsing \`filter\` params: ${values}`;
    settled.push(settleFilter(filter, column, values));
  }
  return settled;
}

/** Values that are known to be written as PostgreSQL writes them; null where it has to be asked. */
function plainValues(filter: Filter, { type, baseType, hasPlainEquality }: ColumnFacts): readonly string[] | null {
  const pattern = type === baseType && hasPlainEquality && !isPattern(filter) ? PLAIN_VALUE[type] : undefined;
  return pattern !== undefined && filter.values.every((value) => pattern.test(value)) ? filter.values : null;
}

const PLAIN_VALUE: Readonly<Record<string, RegExp>> = {
  int2: /^(?:0|-?[1-9]\d{0,3})$/,
  int4: /^(?:0|-?[1-9]\d{0,8})$/,
  int8: /^(?:0|-?[1-9]\d{0,17})$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  text: /^[^\0]*$/,
};

/** The values as PostgreSQL writes them, once it has tried the operator on them; else what it says against it. */
async function canonical(
  database: ProjectDatabase,
  role: string,
  filter: Filter,
  { sqlType }: ColumnFacts,
): Promise<readonly string[] | string> {
  if (!isBound(filter)) return filter.values;
  const bound = filter.operator === 'in' ? arrayLiteral(filter.values) : (filter.values[0] ?? '');
  const condition = filterSql(filter, `null::${sqlType}`, sqlType, '$1');
  const texts =
    filter.operator === 'in'
      ? `select v, ${condition} from pg_catalog.unnest($1::${sqlType}[]) with ordinality as u(v, n) order by n`
      : isPattern(filter)
        ? // A pattern is looked at only where there is something to match.
          `select $1::pg_catalog.text, ${condition}, ${filterSql(filter, `''::pg_catalog.text`, sqlType, '$1')}`
        : `select $1::${sqlType}, ${condition}`;
  try {
    const { rows } = await database.call({
      login: 'authenticator',
      role,
      settings: [['search_path', 'public, extensions']],
      readOnly: true,
      connection: 'own',
      statementTimeoutMs: STATEMENT_TIMEOUT_MS,
      statement: { text: texts, values: [bound] },
    });
    return rows.map(([value]) => value ?? '');
  } catch (error) {
    // What PostgreSQL says of a value the client wrote itself.
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && /^(22|42)/.test(error.code)) {
      return error.message.slice(0, 300);
    }
    throw error;
  }
}

function unknownTable({ event, filter, select }: ChangeRequest, { schema, table }: TableSubscription): string {
  const parts = [
    `event: ${event}`,
    `schema: ${schema ?? '*'}`,
    `table: ${table ?? '*'}`,
    `filters: [${filter ?? ''}]`,
    `select: ${select === null ? 'nil' : `[${select.join(', ')}]`}`,
  ];
  return (
    'Unable to subscribe to changes with given parameters. ' +
    `Please check Realtime is enabled for the given connect parameters: [${parts.join(', ')}]`
  );
}

/** Always the same for the same entry, and positive: clients keep it in 32 bits. */
export function changeId({ entry }: ChangeRequest): number {
  return Number.parseInt(hash('sha256', JSON.stringify(entry), 'hex').slice(0, 8), 16) >>> 1;
}

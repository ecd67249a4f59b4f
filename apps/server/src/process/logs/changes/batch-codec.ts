import { formatLsn, type LogBatch, type LogChange, type LogRelation, parseLsn } from '@ashlar/postgres';

const MAX_KNOWN_TABLES = 1_000;

type Values = readonly (string | null | undefined)[];
/** JSON has no undefined, which is a value that an update left alone. */
const UNTOUCHED = 0;
type WrittenRow = readonly (string | null | typeof UNTOUCHED)[];
type RowChange = Exclude<LogChange, { readonly kind: 'truncate' }>;

interface WrittenChange {
  readonly kind: RowChange['kind'];
  /** Index of its table in the batch. */
  readonly table: number;
  readonly row: WrittenRow | null;
  readonly old: { readonly whole: boolean; readonly row: WrittenRow } | null;
}

interface WrittenBatch {
  readonly commit: { readonly lsn: string; readonly atMs: number; readonly xid: number };
  readonly isFirst: boolean;
  readonly endLsn: string | null;
  readonly tables: readonly LogRelation[];
  readonly ordinals: readonly number[];
  readonly changes: readonly WrittenChange[];
}

/** The changes of rows in a batch, without its events and notes. */
export function encodeBatch({ commit, isFirst, endLsn, changes, ordinals = [] }: LogBatch): Buffer {
  const tables = new Map<LogRelation, number>();
  const written = changes.flatMap((change): readonly WrittenChange[] => {
    if (change.kind === 'truncate') return [];
    const table = tables.get(change.relation) ?? tables.size;
    tables.set(change.relation, table);
    const row = change.kind === 'delete' ? null : write(change.row);
    const old =
      change.kind === 'insert' || change.old === null ? null : { whole: change.old.whole, row: write(change.old.row) };
    return [{ kind: change.kind, table, row, old }];
  });
  const batch: WrittenBatch = {
    commit: { lsn: formatLsn(commit.commitLsn), atMs: commit.commitAt.getTime(), xid: commit.xid },
    isFirst,
    endLsn: endLsn === null ? null : formatLsn(endLsn),
    tables: [...tables.keys()],
    ordinals,
    changes: written,
  };
  return Buffer.from(JSON.stringify(batch));
}

/**
 * @param known Descriptions of tables met before, by their text: a thousand changes kept share one.
 * @throws {Error} For what `encodeBatch` has not written.
 */
export function decodeBatch(bytes: Buffer, known: Map<string, LogRelation>): LogBatch {
  // Written by another process of the instance, as the bus vouches for.
  const batch = JSON.parse(bytes.toString('utf8')) as WrittenBatch;
  const { commit, isFirst, endLsn, ordinals } = batch;
  const tables = batch.tables.map((table) => remember(table, known));
  return {
    commit: { commitLsn: parseLsn(commit.lsn), commitAt: new Date(commit.atMs), xid: commit.xid },
    isFirst,
    isLast: endLsn !== null,
    endLsn: endLsn === null ? null : parseLsn(endLsn),
    ordinals,
    changes: batch.changes.map((change) => readChange(change, tables)),
    events: [],
    notes: [],
  };
}

function remember(table: LogRelation, known: Map<string, LogRelation>): LogRelation {
  const text = JSON.stringify(table);
  const met = known.get(text) ?? table;
  if (known.size >= MAX_KNOWN_TABLES) known.clear();
  known.set(text, met);
  return met;
}

function readChange({ kind, table, row, old }: WrittenChange, tables: readonly LogRelation[]): LogChange {
  const relation = tables[table];
  if (relation === undefined) throw new Error('A change names a table that its batch does not describe');
  const before = old === null ? null : { whole: old.whole, row: read(old.row) };
  if (kind === 'insert' && row !== null) return { kind, relation, row: read(row) };
  if (kind === 'update' && row !== null) return { kind, relation, old: before, row: read(row) };
  if (kind === 'delete' && before !== null) return { kind, relation, old: before };
  throw new Error(`A change of the kind ${kind} has no row`);
}

function write(row: Values): WrittenRow {
  return row.map((value) => (value === undefined ? UNTOUCHED : value));
}

function read(row: WrittenRow): Values {
  return row.map((value) => (value === UNTOUCHED ? undefined : value));
}

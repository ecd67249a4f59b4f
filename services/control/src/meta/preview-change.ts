import type { Transaction } from '@ashlar/postgres';
import { DatabaseError } from 'pg';
import { readStructure } from './introspection/read-structure.ts';
import type { Structure, TableInfo } from './introspection/structure.ts';
import { ident, qualified } from './operations/names.ts';
import type { Change, ObjectName, Question, TableLock } from './operations/operation.ts';
import { type AskedOperation, planOperation } from './operations/operations.ts';
import { asOwner, type OwnedDatabase } from './owned-database.ts';
import { readRemovals, type Removals, strongestLocks } from './removals.ts';

/** What an operation would do, told without doing it: no lock is taken that keeps anybody from anything. */
export interface Preview {
  readonly statements: readonly string[];
  readonly locks: readonly (TableLock & {
    /** What others cannot do meanwhile. */
    readonly blocks: 'reads and writes' | 'writes' | 'other changes';
    /** Estimated rows, where anybody counted, and size of the table: what a scan or a rewrite has to go through. */
    readonly rows: number | null;
    readonly sizeBytes: number;
  })[];
  readonly creates: readonly ObjectName[];
  readonly removes: readonly ObjectName[];
  /** Depends on what would be removed: without cascade nothing happens. */
  readonly blockedBy: readonly ObjectName[];
  /** Data that would be gone. */
  readonly losses: readonly Finding[];
  /** Rows for which it would fail. */
  readonly obstacles: readonly Finding[];
}

export interface Finding {
  readonly says: string;
  /** `unknown`: looking took too long, or the database could not say. */
  readonly found: 'yes' | 'unknown';
}

/** How long a question about rows may take, all of a large table to be read for some. */
const QUESTION_MS = 3_000;
const STRUCTURE_MS = 30_000;

/** @throws {AshlarError} Those of `planOperation`. */
export async function previewChange(owned: OwnedDatabase, asked: AskedOperation): Promise<Preview> {
  const { structure, change, removals } = await owned.database.transaction(
    asOwner(owned, { readOnly: true, statementTimeoutMs: STRUCTURE_MS }),
    (tx) => consider(tx, asked),
  );
  const gone = removals.flatMap(({ data }) => data);
  const losses = [...gone.flatMap(whatGoes), ...(change.losses ?? [])];
  return {
    statements: change.statements,
    locks: describeLocks([...(change.locks ?? []), ...removals.flatMap(({ locks }) => locks)], structure),
    creates: change.creates ?? [],
    removes: unique([...(change.removes ?? []), ...removals.flatMap(({ removes }) => removes)]),
    blockedBy: unique(removals.flatMap(({ blockedBy }) => blockedBy)),
    losses: await answers(owned, losses),
    obstacles: await answers(owned, change.obstacles ?? []),
  };
}

async function consider(
  tx: Transaction,
  asked: AskedOperation,
): Promise<{ readonly structure: Structure; readonly change: Change; readonly removals: readonly Removals[] }> {
  const structure = await readStructure(tx);
  const { rows } = await tx.query<{ zone: string }>(`select current_setting('TimeZone') as zone`);
  const isUtc = /^(etc\/)?(utc|gmt)$/i.test(rows[0]?.zone ?? '');
  const change = planOperation(asked, { structure, isUtc });
  const removals: Removals[] = [];
  for (const target of change.drops ?? []) removals.push(await readRemovals(tx, target));
  return { structure, change, removals };
}

function whatGoes({ schema, table, column }: Removals['data'][number]): Question[] {
  const from = `select from ${qualified(schema, table)}`;
  return [
    column === null
      ? { says: `the rows of ${schema}.${table}`, sql: from }
      : { says: `the values of ${schema}.${table}.${column}`, sql: `${from} where ${ident(column)} is not null` },
  ];
}

async function answers(owned: OwnedDatabase, questions: readonly Question[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { says, sql } of questions) {
    const found = await answer(owned, sql);
    if (found !== 'no') findings.push({ says, found });
  }
  return findings;
}

async function answer(owned: OwnedDatabase, sql: string): Promise<'yes' | 'no' | 'unknown'> {
  try {
    return await owned.database.transaction(
      asOwner(owned, { readOnly: true, statementTimeoutMs: QUESTION_MS, rollback: true }),
      async (tx) => {
        const { rows } = await tx.query<{ found: boolean }>(`select exists (${sql}) as found`);
        return rows[0]?.found === true ? 'yes' : 'no';
      },
    );
  } catch (error) {
    // A cast that fails is the answer, and whatever else is wrong the change itself will say.
    if (error instanceof DatabaseError) return error.code?.startsWith('22') === true ? 'yes' : 'unknown';
    throw error;
  }
}

function describeLocks(locks: readonly TableLock[], { tables, indexes }: Structure): Preview['locks'] {
  const known = new Map<string, Pick<TableInfo, 'rows' | 'sizeBytes'>>([
    ...indexes.map((index) => [`${index.schema}.${index.name}`, { rows: null, sizeBytes: index.sizeBytes }] as const),
    ...tables.map((table) => [`${table.schema}.${table.name}`, table] as const),
  ]);
  return strongestLocks(locks).map((lock) => {
    const { rows, sizeBytes } = known.get(lock.relation) ?? { rows: null, sizeBytes: 0 };
    return { ...lock, blocks: blockedMeanwhile(lock), rows, sizeBytes };
  });
}

function blockedMeanwhile({ mode }: TableLock): Preview['locks'][number]['blocks'] {
  switch (mode) {
    case 'access exclusive':
      return 'reads and writes';
    case 'share':
    case 'share row exclusive':
    case 'exclusive':
      return 'writes';
    case 'row share':
    case 'row exclusive':
    case 'share update exclusive':
      return 'other changes';
  }
}

function unique(objects: readonly ObjectName[]): readonly ObjectName[] {
  const seen = new Map(objects.map((object) => [`${object.kind} ${object.identity}`, object]));
  return [...seen.values()].toSorted((left, right) => (left.identity < right.identity ? -1 : 1));
}

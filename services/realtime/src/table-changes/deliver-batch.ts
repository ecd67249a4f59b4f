import { setImmediate as breathe, setTimeout as delay } from 'node:timers/promises';
import type { Transaction } from '@ashlar/postgres';
import type { Project } from '@ashlar/service';
import { candidatesFor, type Group, groupsOf, wantsAll } from './audience.ts';
import { ChangeMessage, FAULTS } from './change-message.ts';
import { FrameCache } from './frame-cache.ts';
import { judge, type Judgement, type Judgements, needsJudging } from './judge.ts';
import { eventOf, type LoggedChange } from './logged-change.ts';
import { parseSnapshot, sees } from './snapshot.ts';
import type { Subscriber } from './subscriber.ts';
import type { TableCatalogue } from './table-catalogue.ts';
import { FINGERPRINT, type TableFacts } from './table-facts.ts';

export interface BatchTerms {
  readonly project: Project;
  readonly catalogue: TableCatalogue;
  readonly statementTimeoutMs: number;
  /** True: a group that takes too long is told so. False: its members get nothing and come back in the answer. */
  readonly isLastWord: boolean;
  readonly signal: AbortSignal;
}

export interface BatchResult {
  /** Members of groups that took too long, by group; they were told nothing of this batch. */
  readonly slow: ReadonlyMap<string, readonly Subscriber[]>;
  /** True: somebody had to wait for a lock and was told nothing. */
  readonly isLocked: boolean;
}

const QUERY_CANCELED = '57014';
const LOCK_NOT_AVAILABLE = '55P03';
/** For the questions before any policy is asked. */
const PREPARATION_TIMEOUT_MS = 5_000;
const MAX_TRIES = 5;
/** How long a committed transaction may take to be seen (a synchronous standby makes it wait). */
const VISIBLE_WITHIN_MS = 10_000;
/** Frames sent before others get their turn. */
const FRAMES_PER_TURN = 2_000;

const READY = `
  select pg_catalog.pg_current_snapshot()::pg_catalog.text as snapshot, (
    select coalesce(pg_catalog.json_object_agg(r.oid, ${FINGERPRINT}), '{}')
      from pg_catalog.unnest($1::pg_catalog.oid[]) r(oid)) as fingerprints`;

/** A group, and what some of it want to hear of. */
interface Task {
  readonly group: Group;
  readonly changes: readonly LoggedChange[];
}

/**
 * Tells subscribers what was committed, in order, each what the database says they may see now.
 *
 * @throws When the database cannot be asked; nobody was told anything then.
 */
export async function deliverBatch(
  changes: readonly LoggedChange[],
  subscribers: ReadonlySet<Subscriber>,
  terms: BatchTerms,
): Promise<BatchResult> {
  const { catalogue, project, signal } = terms;
  const oids = [...new Set(changes.map(({ change }) => change.relation.oid))];
  const roles = new Set([...subscribers].map(({ listener }) => listener.caller.role));
  let isPatient = false;
  for (let tries = 1; ; tries += 1) {
    await catalogue.learn(oids, roles);
    const tables = oids.flatMap((oid) => catalogue.peek(oid) ?? []);
    const batch = new Batch(changes, tables, subscribers, terms);
    const options = { login: 'authenticator', role: 'none', readOnly: true, rollback: true } as const;
    const outcome: { told: BatchResult | null } = { told: null };
    try {
      await project.database.transaction(
        { ...options, statementTimeoutMs: PREPARATION_TIMEOUT_MS, signal },
        async (tx) => {
          const changed = isPatient ? await askPatiently(tx, batch, tables) : await askAtOnce(tx, batch, tables);
          isPatient = true;
          for (const oid of changed ?? []) catalogue.forget(oid);
          if (changed?.length === 0 || (changed !== null && tries >= MAX_TRIES)) outcome.told = await batch.tell();
        },
      );
    } catch (error) {
      // Once everything is told, that the transaction does not end well is nothing to try again for.
      if (outcome.told === null) throw error;
    }
    if (outcome.told !== null) return outcome.told;
  }
}

/**
 * What is asked travels together with whether it may be asked yet, which is nearly always so: one way to the database.
 *
 * @returns Tables that are no longer what was read of them; null when it was too early, so that the answers mean nothing.
 */
async function askAtOnce(
  tx: Transaction,
  batch: Batch,
  tables: readonly TableFacts[],
): Promise<readonly number[] | null> {
  const [seen, asked] = await Promise.allSettled([look(tx, batch.changes, tables), batch.ask(tx)]);
  if (seen.status === 'rejected') throw seen.reason;
  return seen.value.isVisible && asked.status === 'fulfilled' ? seen.value.changed : null;
}

/** Waits until the changes can be seen before anything is asked. @returns Tables that are no longer what was read of them. */
async function askPatiently(tx: Transaction, batch: Batch, tables: readonly TableFacts[]): Promise<readonly number[]> {
  const startedAt = performance.now();
  for (;;) {
    const { isVisible, changed } = await look(tx, batch.changes, tables);
    if (isVisible || performance.now() - startedAt > VISIBLE_WITHIN_MS) {
      await batch.ask(tx);
      return changed;
    }
    await delay(1);
  }
}

interface Look {
  /** Whether all of the changes can be seen. */
  readonly isVisible: boolean;
  /** Tables that are no longer what was read of them. */
  readonly changed: readonly number[];
}

async function look(tx: Transaction, changes: readonly LoggedChange[], tables: readonly TableFacts[]): Promise<Look> {
  const watched = [...new Set(tables.flatMap(({ dependsOn }) => dependsOn))];
  const { rows } = await tx.query<{ snapshot: string; fingerprints: Readonly<Record<string, string>> }>(READY, [
    watched.map(String),
  ]);
  const [row] = rows;
  const changed = tables.filter((table) => fingerprintOf(table, row?.fingerprints ?? {}) !== table.fingerprint);
  return { isVisible: sees(parseSnapshot(row?.snapshot ?? ''), changes), changed: changed.map(({ oid }) => oid) };
}

function fingerprintOf({ dependsOn }: TableFacts, fingerprints: Readonly<Record<string, string>>): string {
  const sorted = dependsOn.toSorted((one, other) => one - other);
  return sorted.map((oid) => `${oid}:${fingerprints[oid] ?? ''}`).join(' ');
}

class Batch {
  readonly changes: readonly LoggedChange[];
  readonly #terms: BatchTerms;
  readonly #tasks: readonly Task[];
  readonly #faults = new Map<Group, string>();
  readonly #judgements = new Map<Group, Judgements>();
  readonly #slow = new Map<string, readonly Subscriber[]>();
  readonly #left = new Set<Subscriber>();
  #isLocked = false;

  constructor(
    changes: readonly LoggedChange[],
    tables: readonly TableFacts[],
    subscribers: ReadonlySet<Subscriber>,
    terms: BatchTerms,
  ) {
    this.changes = changes;
    this.#terms = terms;
    const byTable = Map.groupBy(changes, ({ change }) => change.relation.oid);
    this.#tasks = tables
      .filter(({ isPublished }) => isPublished)
      .flatMap((table) => groupsOf(table, subscribers))
      .map((group) => toTask(group, byTable.get(group.table.oid) ?? []))
      .filter(({ changes: wanted }) => wanted.length > 0)
      // One role after another: the server plans anew with each change of it.
      .toSorted((one, other) => (one.group.caller.role < other.group.caller.role ? -1 : 1));
  }

  async ask(tx: Transaction): Promise<void> {
    const questions = this.#tasks
      .filter(({ group }) => needsJudging(group))
      .map(({ group, changes }) => ({ group, changes: keepAll(changes, (change) => isAsked(group, change)) }))
      .filter(({ changes }) => changes.length > 0);
    if (questions.length === 0) return;
    const [, judgements] = await Promise.all([tx.query('savepoint "batch"'), judge(tx, questions, this.#terms)]);
    questions.forEach(({ group }, index) => {
      const judgement = judgements[index];
      if (judgement === undefined) return;
      if ('refusedWith' in judgement) this.#fail(group, judgement.refusedWith);
      else this.#judgements.set(group, judgement);
    });
  }

  async tell(): Promise<BatchResult> {
    // Those served apart are given all of it again once nobody stands in the way.
    if (!this.#isLocked || !this.#terms.isLastWord) await this.#tell();
    return { slow: this.#slow, isLocked: this.#isLocked };
  }

  #fail(group: Group, code: string): void {
    const members = group.members.map(({ subscriber }) => subscriber);
    if (code === LOCK_NOT_AVAILABLE) {
      this.#isLocked = true;
    } else if (code !== QUERY_CANCELED || this.#terms.isLastWord) {
      this.#faults.set(group, FAULTS.undecided);
      return;
    }
    this.#slow.set(group.key, members);
    for (const member of members) this.#left.add(member);
  }

  async #tell(): Promise<void> {
    const wanted = this.#wanted();
    let sent = 0;
    for (const change of this.changes) {
      for (const group of wanted.get(change) ?? []) {
        sent += this.#tellGroup(group, change);
        if (sent < FRAMES_PER_TURN) continue;
        sent = 0;
        await breathe();
      }
    }
  }

  /** The groups that are told of a change. */
  #wanted(): ReadonlyMap<LoggedChange, readonly Group[]> {
    const wanted = new Map<LoggedChange, Group[]>();
    const add = (change: LoggedChange, group: Group): void => {
      const groups = wanted.get(change);
      if (groups === undefined) wanted.set(change, [group]);
      else groups.push(group);
    };
    for (const { group, changes } of this.#tasks) {
      if (this.#faults.has(group) || !needsJudging(group)) {
        for (const change of changes) add(change, group);
        continue;
      }
      for (const change of this.#judgements.get(group)?.keys() ?? []) add(change, group);
      if (mayBeRefused(group)) for (const change of changes) if (faultOf(group, change) !== null) add(change, group);
    }
    return wanted;
  }

  #tellGroup(group: Group, change: LoggedChange): number {
    const fault = faultOf(group, change) ?? this.#faults.get(group) ?? null;
    const judgement: Judgement = this.#judgements.get(group)?.get(change) ?? [];
    const frames = new FrameCache(new ChangeMessage(group.table, group.role, change, fault));
    let sent = 0;
    for (const { subscriber, wanted } of candidatesFor(group, change, fault === null)) {
      if (this.#left.has(subscriber)) continue;
      const matching = wanted.filter(
        ({ undecided }) => fault !== null || undecided.every((index) => judgement[index] === true),
      );
      if (matching.length === 0) continue;
      const subscriptions = matching.map(({ subscription }) => subscription);
      subscriber.listener.deliver(frames.frame(subscriber, subscriptions));
      sent += 1;
    }
    return sent;
  }
}

/** What somebody of a group asked for, as far as can be told without the database. */
function toTask(group: Group, changes: readonly LoggedChange[]): Task {
  const [first] = changes;
  if (first !== undefined && wantsAll(group, first)) return { group, changes };
  const isWanted = (change: LoggedChange): boolean =>
    candidatesFor(group, change, faultOf(group, change) === null).length > 0;
  return { group, changes: keepAll(changes, isWanted) };
}

/** The same list when all of them are kept, so that groups with equal lists can be recognised. */
function keepAll<Item>(items: readonly Item[], isKept: (item: Item) => boolean): readonly Item[] {
  return items.every(isKept) ? items : items.filter(isKept);
}

function isAsked(group: Group, change: LoggedChange): boolean {
  return faultOf(group, change) === null && !isHidden(group, change);
}

/** Why a group is told only that something happened; the same whatever is in the row. */
function faultOf({ table, role }: Group, change: LoggedChange): string | null {
  if (!role.mayUseSchema || role.columns.size === 0) return FAULTS.unauthorized;
  if (eventOf(change) === 'DELETE') return null;
  if (table.keys.length === 0) return FAULTS.noKey;
  return table.keys.every(({ name }) => role.columns.has(name)) ? null : FAULTS.unauthorized;
}

/** Whether anything of the table is told only so. */
function mayBeRefused({ table, role }: Group): boolean {
  return (
    !role.mayUseSchema ||
    role.columns.size === 0 ||
    table.keys.length === 0 ||
    table.keys.some(({ name }) => !role.columns.has(name))
  );
}

/** Without the whole row that is gone no policy can be asked about it. */
function isHidden({ role }: Group, { change }: LoggedChange): boolean {
  return change.kind === 'delete' && !role.bypasses && (!change.old.whole || role.policy === null);
}

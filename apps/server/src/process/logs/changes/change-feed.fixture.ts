import type { Bus } from '@ashlar/bus';
import {
  createSessions,
  formatLsn,
  type LogBatch,
  type LogStart,
  type ProjectDatabase,
  type Sessions,
  type Subscription,
} from '@ashlar/postgres';
import type { LogListener, TablePattern } from '@ashlar/service';
import { createTestProject, type TestProject } from '@ashlar/testing';
import { expect } from 'vitest';
import { FollowedProject } from '../followed-project.ts';

export const PATIENCE = { timeout: 30_000 };

const TABLES = `
  create table public.wanted (n int primary key, text text);
  create table public.other (n int primary key);
  alter table public.wanted replica identity full;
  alter publication supabase_realtime add table public.wanted, public.other`;

const SUBSCRIPTION: Subscription = {
  consumer: 'identity.test',
  types: ['app.*'],
  effects: 'outside',
  handle: () => Promise.resolve(),
};

/** Writes down what it is told of the table it wants. */
export class Ear implements LogListener {
  readonly name = 'ear';
  /** `kind n`, in the order told, repeats and all. */
  readonly told: string[] = [];
  /** Changes as they came. */
  readonly changes: unknown[] = [];
  readonly positions: string[] = [];
  readonly starts: LogStart[] = [];
  readonly tables: TablePattern[] = [{ schema: 'public', table: 'wanted' }];
  readonly interest = (): readonly TablePattern[] => this.tables;

  onStart(start: LogStart): void {
    this.starts.push(start);
  }

  onBatch({ changes, commit, ordinals }: LogBatch): void {
    for (const [index, change] of changes.entries()) {
      if (change.kind === 'truncate' || change.relation.schema !== 'public') continue;
      const row = change.kind === 'delete' ? change.old.row : change.row;
      this.told.push(`${change.relation.name} ${change.kind} ${row[0]}`);
      this.changes.push({ ...change, relation: change.relation.name });
      this.positions.push(`${formatLsn(commit.commitLsn)}.${ordinals?.[index] ?? index}`);
    }
  }

  get gaps(): number {
    return this.starts.slice(1).filter(({ isContinued }) => !isContinued).length;
  }

  async started(): Promise<void> {
    await expect.poll(() => this.starts.length, PATIENCE).toBeGreaterThan(0);
  }
}

export interface Process {
  readonly followed: FollowedProject;
  readonly ear: Ear;
  /** Resolves once it hears of what its ear wants. */
  readonly renew: () => Promise<bigint>;
}

/** One project, and processes that follow its log, each with connections of its own. */
export class FeedStand implements AsyncDisposable {
  readonly project: TestProject;
  readonly #sessions: Sessions[] = [];
  readonly #processes: FollowedProject[] = [];
  readonly #ears: Ear[] = [];

  private constructor(project: TestProject) {
    this.project = project;
  }

  static async create(): Promise<FeedStand> {
    const project = await createTestProject();
    await project.sql('set synchronous_commit = on');
    await project.sql(TABLES);
    return new FeedStand(project);
  }

  /** @param isServing It reads the log for deliveries if nobody else does, rather than for listeners alone. */
  async start(bus: Bus, self: string, { isServing = true } = {}): Promise<Process> {
    const followed = new FollowedProject({
      ref: this.project.ref,
      access: this.project.cluster.admin(this.project.target.database),
      observe: () => undefined,
      feed: { bus, self },
      onForeign: () => undefined,
      onStandby: () => undefined,
      onStarting: () => undefined,
      onUnheard: () => undefined,
    });
    this.#processes.push(followed);
    followed.wake({ database: this.#database(), subscriptions: isServing ? [SUBSCRIPTION] : [] });
    const ear = new Ear();
    this.#ears.push(ear);
    const { renew } = followed.listen(ear);
    await ear.started();
    // On a busy machine it may have given up asking, and read for itself for a while.
    await expect.poll(() => this.readers(), PATIENCE).toBe(1);
    await renew();
    ear.starts.splice(1);
    return { followed, ear, renew };
  }

  sql(text: string): Promise<unknown> {
    return this.project.sql(text);
  }

  /** Slots of the project's database somebody reads. */
  async readers(): Promise<number> {
    const [row] = await this.project.sql<{ n: number }>(
      'select count(*)::int as n from pg_replication_slots where active and database = current_database()',
    );
    return row?.n ?? -1;
  }

  /** Resolves when the first process has heard all that was committed before. */
  async untilRead(): Promise<void> {
    const [reader] = this.#ears;
    const [row] = await this.project.sql<{ n: number }>('select max(n) as n from public.wanted');
    await expect.poll(() => reader?.told.at(-1), PATIENCE).toBe(`wanted insert ${row?.n}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((one) => one.leave()));
    await Promise.all(this.#sessions.map((one) => one.close()));
    await this.project.close();
  }

  #database(): ProjectDatabase {
    const sessions = createSessions({ observe: () => undefined });
    this.#sessions.push(sessions);
    return sessions.project(this.project.target);
  }
}

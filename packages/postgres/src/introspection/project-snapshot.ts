import type { Observe } from '@ashlar/telemetry';
import type { ProjectDatabase } from '../session/call.ts';
import { watchSchema } from '../session/watch-schema.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { readProjectCatalogue } from './read-project-catalogue.ts';
import type { Snapshot } from './snapshot.ts';

/** A load waits until DDL has paused this long … */
const QUIET_MS = 40;
/** … but not longer than this after the first notice, so that a change shows within a second even in a storm. */
const MAX_WAIT_MS = 400;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** Loads after notices take at most half of the time, however many notices there are. */
const NOTICE_REST_FACTOR = 2;
/** Loads on demand take at most a tenth of the time, however often unknown names are asked for. */
const DEMAND_REST_FACTOR = 10;

export interface ProjectSnapshotOptions {
  readonly database: ProjectDatabase;
  readonly observe: Observe;
  readonly nextVersion: () => number;
  readonly globalRoleSettings: () => boolean;
  /** False: changes are found by comparing the catalogue. */
  readonly eventTriggers: boolean;
}

/**
 * One project's snapshot over time. It is loaded when first asked for, again after each change of the schema, and
 * kept while the database is away; at most one load runs at a time.
 */
export class ProjectSnapshot {
  readonly #options: ProjectSnapshotOptions;
  readonly #closing = new AbortController();
  #listening: Promise<{ stop(): Promise<void> }> | undefined;
  #current: Snapshot | undefined;
  #loading: Promise<Snapshot> | undefined;
  /** When the last load began, on the clock of `performance.now()`. */
  #startedAt = 0;
  #durationMs = 0;
  #failures = 0;
  /** Something changed since the last load began. */
  #stale = false;
  #firstNoticeAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProjectSnapshotOptions) {
    this.#options = options;
  }

  /** The newest loaded; undefined until the first load. */
  get current(): Snapshot | undefined {
    return this.#current;
  }

  /** The newest loaded; a first caller waits for the load and gets its error. */
  async first(): Promise<Snapshot> {
    if (this.#current !== undefined) return this.#current;
    // Listening begins before loading, so that no change falls between the two.
    this.#listening ??= this.#listen();
    await this.#listening;
    return this.#current ?? this.#load();
  }

  /** A snapshot that is not older than this, unless it was loaded on demand a moment ago or the database is away. */
  async refreshIfOlderThan(ageMs: number): Promise<Snapshot> {
    const known = await this.first();
    if (this.#loading !== undefined) await this.#loading.catch(() => undefined);
    const restMs = Math.max(ageMs, this.#durationMs * DEMAND_REST_FACTOR);
    if (this.#stale || performance.now() - this.#startedAt >= restMs) await this.#load().catch(() => undefined);
    return this.#current ?? known;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#timer);
    const listener = await this.#listening?.catch(() => undefined);
    await listener?.stop();
  }

  async #listen(): Promise<{ stop(): Promise<void> }> {
    const { database, eventTriggers, observe } = this.#options;
    try {
      return await watchSchema({ database, eventTriggers, observe, onChange: () => this.#noticeChange() });
    } catch (error) {
      this.#listening = undefined;
      throw error;
    }
  }

  #noticeChange(): void {
    if (!this.#stale) this.#firstNoticeAt = performance.now();
    this.#stale = true;
    const now = performance.now();
    const restMs = this.#startedAt + this.#durationMs * NOTICE_REST_FACTOR - now;
    this.#schedule(Math.max(restMs, Math.min(QUIET_MS, this.#firstNoticeAt + MAX_WAIT_MS - now)));
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted || this.#loading !== undefined) return;
    this.#timer = setTimeout(() => void this.#load({ background: true }).catch(() => undefined), Math.max(0, delayMs));
    this.#timer.unref();
  }

  #load({ background }: { readonly background: boolean } = { background: false }): Promise<Snapshot> {
    this.#loading ??= this.#read(background).finally(() => {
      this.#loading = undefined;
      if (this.#stale) this.#schedule(this.#retryDelayMs());
    });
    return this.#loading;
  }

  async #read(background: boolean): Promise<Snapshot> {
    const { database, observe, nextVersion, globalRoleSettings } = this.#options;
    clearTimeout(this.#timer);
    this.#stale = false;
    this.#startedAt = performance.now();
    try {
      const snapshot = await loadSnapshot(
        readProjectCatalogue(database, { signal: this.#closing.signal, background }),
        {
          version: nextVersion(),
          globalRoleSettings: globalRoleSettings(),
          ...(this.#current === undefined ? {} : { timezones: this.#current.timezones }),
        },
      );
      this.#current = snapshot;
      this.#failures = 0;
      this.#durationMs = performance.now() - this.#startedAt;
      observe({
        kind: 'snapshot.loaded',
        project: database.ref,
        tables: snapshot.relations.size,
        functions: snapshot.routines.size,
        durationMs: this.#durationMs,
      });
      return snapshot;
    } catch (error) {
      this.#failures += 1;
      // Nobody waits for a reload but the next change: it must be tried again. A first load is retried by its caller.
      this.#stale = this.#current !== undefined;
      if (!this.#closing.signal.aborted) observe({ kind: 'snapshot.failed', project: database.ref, error });
      throw error;
    }
  }

  #retryDelayMs(): number {
    return this.#failures === 0 ? QUIET_MS : Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
  }
}

import { admitReader, READER_ROLE } from '@ashlar/postgres';
import type { LogListening, Project, ProjectLogs } from '@ashlar/service';
import { type Actor, inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { TableWatch, type WatchedChanges } from './table-watch.ts';
import { tableErrors } from '../table-errors.ts';

export interface WatchRequest {
  readonly schema: string;
  readonly table: string;
  /** Columns of the primary key. */
  readonly key: readonly string[];
}

export type WatchWord =
  /** From now on everything is told; false where the table is not published, and nothing ever will be. */
  | { readonly kind: 'ready'; readonly isLive: boolean }
  | ({ readonly kind: 'changes' } & WatchedChanges)
  /** Nothing; it keeps the line open. */
  | { readonly kind: 'still' };

interface Watcher {
  readonly accountId: string;
  readonly request: WatchRequest;
  readonly watch: TableWatch;
  readonly wake: () => void;
}

interface Followed {
  readonly project: Project;
  readonly watchers: Set<Watcher>;
  readonly started: Promise<void>;
  attachment: LogListening | null;
}

const MAX_WATCHERS = 500;
const MAX_WATCHERS_OF_ACCOUNT = 20;
/** Changes that come together are told together. */
const GATHER_MS = 150;
const STILL_MS = 20_000;
/** After so long it is asked again whether the person still may. */
const CHECK_MS = 60_000;
const TIMEOUT_MS = 10_000;

const IS_READABLE = `
  select exists (
    select from pg_catalog.pg_publication_tables p
    where p.pubname = 'supabase_realtime' and p.schemaname = $1 and p.tablename = $2
  ) as published,
  coalesce(pg_catalog.has_table_privilege($3, pg_catalog.to_regclass($4)::oid, 'select'), false) as readable`;

/** Tells people which rows of a table others changed, as long as they look at it. */
export class WatchDesk {
  readonly #logs: Pick<ProjectLogs, 'listen'>;
  readonly #followed = new Map<string, Followed>();
  #watchers = 0;

  constructor(logs: Pick<ProjectLogs, 'listen'>) {
    this.#logs = logs;
  }

  /**
   * Words for one watcher until the signal is aborted or the person may read the project no more.
   *
   * @throws {AshlarError} those of `inProject`, `control.watch_busy`, `control.project_unknown`.
   */
  async *watch(
    parts: ControlParts,
    actor: Actor,
    ref: string,
    request: WatchRequest,
    signal: AbortSignal,
  ): AsyncGenerator<WatchWord> {
    const { project, ownerRole } = await parts.projects.open(ref);
    const { isReadable, isPublished } = await readFacts(project, ownerRole, request);
    if (!isReadable || !isPublished) {
      yield { kind: 'ready', isLive: false };
      return;
    }
    this.#refuseTooMany(actor);
    let awaken = Promise.withResolvers<void>();
    const watcher: Watcher = {
      accountId: actor.accountId,
      request,
      watch: new TableWatch(request),
      wake: () => awaken.resolve(),
    };
    const followed = this.#follow(ref, project, watcher);
    this.#watchers += 1;
    const stop = (): void => awaken.resolve();
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (followed === null) {
        yield { kind: 'ready', isLive: false };
        return;
      }
      await followed.started;
      await followed.attachment?.renew();
      yield { kind: 'ready', isLive: true };
      let checkedAt = Date.now();
      while (!signal.aborted) {
        await raceWith(awaken.promise, STILL_MS);
        await raceWith(new Promise(() => undefined), GATHER_MS);
        awaken = Promise.withResolvers<void>();
        if (signal.aborted) return;
        if (Date.now() - checkedAt >= CHECK_MS) {
          await parts.inTransaction((stores) => inProject(stores, actor, ref, 'sql.watch'));
          checkedAt = Date.now();
        }
        const { changes, isMore } = watcher.watch.drain();
        yield changes.length > 0 || isMore ? { kind: 'changes', changes, isMore } : { kind: 'still' };
      }
    } finally {
      signal.removeEventListener('abort', stop);
      this.#watchers -= 1;
      this.#leave(ref, watcher);
    }
  }

  close(): void {
    for (const { attachment } of this.#followed.values()) attachment?.detach();
    this.#followed.clear();
  }

  #refuseTooMany({ accountId }: Actor): void {
    const all = [...this.#followed.values()].flatMap(({ watchers }) => [...watchers]);
    const own = all.filter((watcher) => watcher.accountId === accountId).length;
    if (this.#watchers >= MAX_WATCHERS || own >= MAX_WATCHERS_OF_ACCOUNT) throw tableErrors.watchBusy();
  }

  #follow(ref: string, project: Project, watcher: Watcher): Followed | null {
    const known = this.#followed.get(ref);
    if (known !== undefined && known.project.database === project.database) {
      known.watchers.add(watcher);
      return known;
    }
    // The project was made anew under its name.
    known?.attachment?.detach();
    const watchers = new Set([watcher]);
    const started = Promise.withResolvers<void>();
    let isStarted = false;
    const attachment = this.#logs.listen(project, {
      name: 'console',
      interest: () => [...watchers].map(({ request: { schema, table } }) => ({ schema, table })),
      onStart({ isContinued }) {
        for (const { watch, wake } of isStarted && !isContinued ? watchers : []) {
          watch.interrupt();
          wake();
        }
        isStarted = true;
        started.resolve();
      },
      onBatch(batch) {
        for (const { watch, wake } of watchers) if (watch.add(batch)) wake();
      },
    });
    if (attachment === null) return null;
    const followed: Followed = { project, watchers, started: started.promise, attachment };
    this.#followed.set(ref, followed);
    return followed;
  }

  #leave(ref: string, watcher: Watcher): void {
    const followed = this.#followed.get(ref);
    if (followed === undefined) return;
    followed.watchers.delete(watcher);
    if (followed.watchers.size > 0) return;
    followed.attachment?.detach();
    this.#followed.delete(ref);
  }
}

async function readFacts(
  { database }: Pick<Project, 'database'>,
  ownerRole: string,
  { schema, table }: WatchRequest,
): Promise<{ readonly isReadable: boolean; readonly isPublished: boolean }> {
  await admitReader(database, ownerRole);
  const options = { login: 'owner', role: ownerRole, readOnly: true, statementTimeoutMs: TIMEOUT_MS } as const;
  return database.transaction(options, async (tx) => {
    const name = [schema, table].map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
    const { rows } = await tx.query<{ published: boolean; readable: boolean }>(IS_READABLE, [
      schema,
      table,
      READER_ROLE,
      name,
    ]);
    return { isReadable: rows[0]?.readable === true, isPublished: rows[0]?.published === true };
  });
}

async function raceWith(promise: Promise<unknown>, ms: number): Promise<void> {
  const timeout = Promise.withResolvers<void>();
  const timer = setTimeout(timeout.resolve, ms);
  await Promise.race([promise, timeout.promise]);
  clearTimeout(timer);
}

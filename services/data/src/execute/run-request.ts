import type { Call, Snapshot, Snapshots, Statement } from '@ashlar/postgres';
import type { Caller, Project } from '@ashlar/service';
import { slotsOf } from '../parse/query-string.ts';
import { RestError } from '../rest-error.ts';
import { ANSWER_COLUMNS, type CompiledStatement } from '../sql/compile.ts';
import { identifier } from '../sql/identifier.ts';
import { valuesOf } from '../sql/sql-writer.ts';
import { type Answer, answerOf, explainedAnswer, nothingWritten } from './answer.ts';
import type { Incoming } from './incoming.ts';
import { PlanCache, type Remembered } from './plan-cache.ts';
import { isolationOf, requestSettings, type RequestFacts } from './request-settings.ts';
import { type StreamedAnswer, streamAnswer } from './stream-answer.ts';

export interface RunRequest {
  readonly project: Project;
  readonly caller: Caller;
  readonly incoming: Incoming;
  readonly facts: RequestFacts;
  /** Fires when the client is gone; called only where a statement can be cancelled. */
  readonly signalOfClient: () => AbortSignal;
}

/** A name the snapshot lacks may be younger than it: then one fresh look decides. */
const FRESH_MS = 100;
const UNKNOWN_NAME_CODES: ReadonlySet<string> = new Set(['PGRST200', 'PGRST202', 'PGRST204', 'PGRST205']);

/** Runs requests of all projects; owns what was planned for each. */
export class RequestRunner {
  readonly #snapshots: Snapshots;
  readonly #caches = new WeakMap<Project['database'], PlanCache>();

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** @throws RestError, or what `ProjectDatabase` throws. */
  async run(request: RunRequest): Promise<Answer | StreamedAnswer> {
    const { database } = request.project;
    const snapshot = this.#snapshots.peek(database) ?? (await this.#snapshots.current(database));
    try {
      return await this.#runWith(snapshot, this.#plan(request, snapshot), request);
    } catch (error) {
      if (!(error instanceof RestError) || !UNKNOWN_NAME_CODES.has(error.code)) throw error;
      const fresh = await this.#snapshots.refreshIfOlderThan(database, FRESH_MS);
      if (fresh.version === snapshot.version) throw error;
      return this.#runWith(fresh, this.#plan(request, fresh), request);
    }
  }

  #plan({ project, incoming }: RunRequest, snapshot: Snapshot): Remembered {
    const cache = this.#caches.get(project.database) ?? new PlanCache();
    this.#caches.set(project.database, cache);
    return cache.find(project, snapshot, incoming);
  }

  async #runWith(snapshot: Snapshot, remembered: Remembered, request: RunRequest): Promise<Answer | StreamedAnswer> {
    const { prepared } = remembered;
    const { project, caller, incoming, facts } = request;
    if (prepared.statement === null || prepared.plan === null) return nothingWritten(prepared);
    const slots = slotsOf(incoming.parameters);
    const fill = (statement: CompiledStatement): Statement => ({
      text: statement.text,
      values: valuesOf(statement.bindings, slots, incoming.payload?.text ?? null),
    });
    const isolation = isolationOf(snapshot, caller.role, prepared.routine);
    const connection = isolation === null ? prepared.connection : 'own';
    const call: Call = {
      login: 'authenticator',
      role: caller.role,
      settings: requestSettings(facts, remembered.settingsOf(caller.role)),
      readOnly: prepared.readOnly,
      connection,
      statement: fill(prepared.statement),
      ...beforeOf(project),
      ...(isolation === null ? {} : { isolation }),
      ...(prepared.rollback ? { rollback: true } : {}),
      ...(connection === 'own' ? { signal: request.signalOfClient() } : {}),
    };
    if (prepared.explained !== null) return explainedAnswer(prepared, await project.database.call(call));
    const { count, countLimit } = prepared.plan;
    const estimate = async (): Promise<number | null> =>
      prepared.estimate === null ? null : this.#estimate(project, { ...call, statement: fill(prepared.estimate) });
    const planned = count === 'planned' ? await estimate() : null;
    if (prepared.stream !== null) {
      const streamed = await streamAnswer(
        prepared,
        project.database.stream({ ...call, statement: fill(prepared.stream), signal: request.signalOfClient() }),
        planned,
      );
      if (streamed !== null) return streamed;
    }
    const result = await project.database.call(call);
    const answer = answerOf(prepared, result, planned);
    if (count !== 'estimated' || countLimit === null) return answer;
    const counted = Number(result.bytes(0, ANSWER_COLUMNS.total)?.toString() ?? 0);
    return counted > countLimit ? answerOf(prepared, result, await estimate()) : answer;
  }

  /** The planner's idea of how many rows there are. */
  async #estimate({ database }: Project, call: Call): Promise<number | null> {
    const result = await database.call(call);
    const text = result.rows[0]?.[0] ?? '[]';
    // The shape of EXPLAIN (FORMAT JSON) is PostgreSQL's own and documented.
    const [explained] = JSON.parse(text) as readonly [{ readonly Plan: { readonly 'Plan Rows': number } }?];
    return explained?.Plan['Plan Rows'] ?? null;
  }
}

/** The project's pre-request function, called with the settings in place. */
function beforeOf({ settings: { rest } }: Project): Pick<Call, 'before'> {
  if (rest.preRequest === null) return {};
  const name = rest.preRequest.split('.').map(identifier).join('.');
  return { before: { text: `SELECT ${name}()`, values: [] } };
}

import type { Call, CallResult, ProjectDatabase, Snapshot } from '@ashlar/postgres';
import type { Caller, Project } from '@ashlar/service';
import { answerOnce } from '../idempotency/answer-once.ts';
import type { IdempotencyKey } from '../idempotency/idempotency-key.ts';
import { ANSWER_COLUMNS } from '../sql/compile.ts';
import { type Answer, answerOf, explainedAnswer, nothingWritten } from './answer.ts';
import { beforeOf, statementFiller } from './fill-statement.ts';
import type { Incoming } from './incoming.ts';
import type { Prepared } from './prepare.ts';
import type { Remembered } from './plan-cache.ts';
import type { Planner } from './planner.ts';
import { repeatTransaction } from './repeat-transaction.ts';
import { requestSettings, type RequestFacts } from './request-settings.ts';
import { settleProject } from './rest-settings.ts';
import { type FailedRequest, withoutUnseenNames } from './unseen-names.ts';
import { type StreamedAnswer, streamAnswer } from './stream-answer.ts';

export interface RunRequest {
  readonly project: Project;
  readonly caller: Caller;
  readonly incoming: Incoming;
  readonly facts: RequestFacts;
  /** With a key, a write is done once however often it is asked for. */
  readonly key: IdempotencyKey | null;
  /** Fires when the client is gone; called only where a statement can be cancelled. */
  readonly signalOfClient: () => AbortSignal;
}

/** Runs requests of all projects. */
export class RequestRunner {
  readonly #planner: Planner;

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /** @throws RestError, or what `ProjectDatabase` throws. */
  async run(request: RunRequest): Promise<Answer | StreamedAnswer> {
    const { incoming, caller } = request;
    let met: FailedRequest | null = null;
    try {
      return await this.#planner.withSnapshot(request.project, (snapshot) => {
        const project = settleProject(request.project, snapshot);
        met = { database: project.database, role: caller.role, snapshot, plan: null };
        const remembered = this.#planner.plan(project, snapshot, incoming);
        met = { ...met, plan: remembered.prepared.plan };
        return this.#runWith(snapshot, remembered, { ...request, project });
      });
    } catch (error) {
      throw met === null ? error : await withoutUnseenNames(error, met);
    }
  }

  async #runWith(snapshot: Snapshot, remembered: Remembered, request: RunRequest): Promise<Answer | StreamedAnswer> {
    const { project, caller, incoming, facts } = request;
    const prepared = preparedFor(caller.role, remembered.prepared, snapshot);
    if (prepared.statement === null || prepared.plan === null) return nothingWritten(prepared);
    const fill = statementFiller(incoming);
    const { settings, isolation } = remembered.termsOf(caller.role);
    const connection = isolation === null ? prepared.connection : 'own';
    const call: Call = {
      login: 'authenticator',
      role: caller.role,
      settings: requestSettings(facts, settings),
      readOnly: prepared.readOnly,
      connection,
      statement: fill(prepared.statement),
      ...beforeOf(project),
      ...(isolation === null ? {} : { isolation }),
      ...(prepared.rollback ? { rollback: true } : {}),
      ...(connection === 'own' || request.key !== null ? { signal: request.signalOfClient() } : {}),
    };
    // What changes nothing, or is undone, has no effect that a key could keep from happening twice.
    if (request.key !== null && !call.readOnly && !prepared.rollback) {
      return runKeyedCall(project.database, call, request.key, (result) =>
        prepared.explained === null ? answerOf(prepared, result, null) : explainedAnswer(prepared, result),
      );
    }
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

/** A keyed write has a connection and a transaction of its own, in which its key stands beside its effect. */
async function runKeyedCall(
  database: ProjectDatabase,
  { login, role, settings, isolation, signal, before, statement }: Call,
  key: IdempotencyKey,
  answerFrom: (result: CallResult) => Answer,
): Promise<Answer> {
  const options = {
    login,
    role,
    settings,
    ...(isolation === undefined ? {} : { isolation }),
    ...(signal === undefined ? {} : { signal }),
  };
  const step = { ...(before === undefined ? {} : { before }), statement };
  return repeatTransaction(isolation, () =>
    database.transaction(options, (tx) =>
      answerOnce(tx, key, settings, async () => answerFrom(await tx.execute(step))),
    ),
  );
}

function preparedFor(role: string, prepared: Prepared, { bypassRoles }: Snapshot): Prepared {
  return prepared.counted === null || bypassRoles.has(role) ? prepared : prepared.counted;
}

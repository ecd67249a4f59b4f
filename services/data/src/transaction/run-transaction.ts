import type { LocalSettings, Snapshot, Transaction, TransactionOptions } from '@ashlar/postgres';
import type { Caller, Project } from '@ashlar/service';
import type { Answer } from '../execute/answer.ts';
import { beforeOf, statementFiller } from '../execute/fill-statement.ts';
import { settleProject } from '../execute/rest-settings.ts';
import { type FailedRequest, withoutUnseenNames } from '../execute/unseen-names.ts';
import type { QueryPlan } from '../plan/query-plan.ts';
import type { Incoming } from '../execute/incoming.ts';
import type { Remembered } from '../execute/plan-cache.ts';
import type { Planner } from '../execute/planner.ts';
import { restErrorOf } from '../execute/postgres-error.ts';
import { rollsBack } from '../execute/prepare.ts';
import { repeatTransaction } from '../execute/repeat-transaction.ts';
import { fixedSettings, isolationOf, type RequestFacts, requestSettings } from '../execute/request-settings.ts';
import { answerOnce } from '../idempotency/answer-once.ts';
import type { IdempotencyKey } from '../idempotency/idempotency-key.ts';
import { MAX_RESULTS_BYTES } from '../parse/bounds.ts';
import { chooseMediaType } from '../parse/media-type.ts';
import { parsePrefer, type Preferences } from '../parse/prefer.ts';
import { restErrors } from '../rest-errors.ts';
import { UPDATED_SETTING } from '../sql/action-sql.ts';
import { emitStep, enqueueStep } from './emit-event.ts';
import { type OperationResult, resultOf, resultOfNothing, resultsBody } from './operation-result.ts';
import { requestOf } from './operation-request.ts';
import type { EventOperation, JobOperation, RequestOperation } from './parse-operation.ts';
import { ISOLATIONS, parseTransaction, type TransactionRequest } from './parse-transaction.ts';
import { Results } from './references.ts';

export interface RunTransaction {
  readonly project: Project;
  readonly caller: Caller;
  readonly body: Buffer | null;
  readonly accept: string | undefined;
  /** The `Prefer` header; `tx` and `timezone` hold for all operations. */
  readonly prefer: string | undefined;
  /** The `Content-Profile` header: the schema of operations that name none. */
  readonly profile: string | undefined;
  readonly facts: RequestFacts;
  readonly key: IdempotencyKey | null;
  readonly signalOfClient: () => AbortSignal;
}

/** An operation as far as it is known before any of them has run. */
type Drafted = { readonly operation: EventOperation | JobOperation; readonly draft: null } | DraftedRequest;

interface DraftedRequest {
  readonly operation: RequestOperation;
  readonly draft: { readonly incoming: Incoming; readonly remembered: Remembered };
}

/** Where a transaction is: what it met there is reported with the operation. Null before the first, after the last. */
interface Position {
  operation: number | null;
  /** What that operation was planned against, once it was. */
  request: FailedRequest | null;
}

/** Settings statements leave behind for the answer of their own request. */
const FRESH_SETTINGS: LocalSettings = [
  ['response.headers', ''],
  ['response.status', ''],
  [UPDATED_SETTING, ''],
];

/** Runs `POST /transaction`: all operations under the caller's role in one database transaction, or none. */
export class TransactionRunner {
  readonly #planner: Planner;

  constructor(planner: Planner) {
    this.#planner = planner;
  }

  /** @throws RestError with the operation it is about, or what `ProjectDatabase` throws. */
  async run(run: RunTransaction): Promise<Answer> {
    const position: Position = { operation: null, request: null };
    try {
      chooseMediaType(run.accept, ['json']);
      const request = parseTransaction(run.body);
      return await this.#planner.withSnapshot(run.project, (snapshot) =>
        new TransactionRun(this.#planner, snapshot, run, request, position).answer(),
      );
    } catch (error) {
      const told = position.request === null ? error : await withoutUnseenNames(error, position.request);
      const known = restErrorOf(told, run.caller.role === 'anon');
      throw known === null ? error : known.inTransaction(position.operation);
    }
  }
}

/** One transaction against one snapshot of the schema. */
class TransactionRun {
  readonly #planner: Planner;
  readonly #snapshot: Snapshot;
  readonly #run: RunTransaction;
  readonly #request: TransactionRequest;
  readonly #position: Position;
  readonly #preferences: Preferences;
  readonly #schema: string;

  constructor(
    planner: Planner,
    snapshot: Snapshot,
    run: RunTransaction,
    request: TransactionRequest,
    position: Position,
  ) {
    this.#planner = planner;
    this.#snapshot = snapshot;
    this.#run = { ...run, project: settleProject(run.project, snapshot) };
    this.#request = request;
    this.#position = position;
    this.#preferences = parsePrefer(run.prefer, (name) => snapshot.timezones.has(name));
    const { schemas } = this.#run.project.settings.rest;
    this.#schema = run.profile ?? schemas[0] ?? 'public';
    if (!schemas.includes(this.#schema)) throw restErrors.schemaNotExposed(this.#schema, schemas);
  }

  async answer(): Promise<Answer> {
    const { project, caller, signalOfClient, key: givenKey } = this.#run;
    const drafts = this.#draft();
    const isolation = this.#isolation(drafts);
    const rollback = rollsBack(project.settings.rest, this.#preferences);
    const readOnly = drafts.every(({ draft }) => draft?.remembered.prepared.readOnly === true);
    // What changes nothing, or is undone, has no effect that a key could keep from happening twice.
    const key = readOnly || rollback ? null : givenKey;
    const settings = this.#ownSettings();
    const options: TransactionOptions = {
      login: 'authenticator',
      role: caller.role,
      settings,
      readOnly,
      rollback,
      signal: signalOfClient(),
      ...(isolation === null ? {} : { isolation }),
    };
    return repeatTransaction(isolation, () => {
      this.#position.operation = null;
      return project.database.transaction(options, (tx) =>
        answerOnce(tx, key, settings, async () => this.#answerFrom(await this.#runAll(tx, drafts), rollback)),
      );
    });
  }

  /** Plans every operation, those that refer to results by their shape alone: most mistakes end here. */
  #draft(): readonly Drafted[] {
    const { project } = this.#run;
    const drafts = this.#request.operations.map((operation, index): Drafted => {
      this.#position.operation = index;
      if (operation.kind !== 'request') return { operation, draft: null };
      const incoming = this.#incoming(operation, null);
      this.#position.request = this.#failing(null);
      return {
        operation,
        draft: { incoming, remembered: this.#planner.plan(project, this.#snapshot, incoming) },
      };
    });
    this.#position.operation = null;
    return drafts;
  }

  async #runAll(tx: Transaction, drafts: readonly Drafted[]): Promise<readonly OperationResult[]> {
    const results = new Results();
    let bytes = 0;
    for (const [index, drafted] of drafts.entries()) {
      this.#position.operation = index;
      const result =
        drafted.draft === null
          ? await this.#emit(tx, drafted.operation, results)
          : await this.#runRequest(tx, drafted, results);
      bytes += result.body.length;
      if (bytes > MAX_RESULTS_BYTES) {
        throw restErrors.transactionTooLarge(`The results have more than ${MAX_RESULTS_BYTES} bytes`);
      }
      results.list.push(result);
    }
    // What fails from here on is the commit.
    this.#position.operation = null;
    return results.list;
  }

  async #runRequest(tx: Transaction, { operation, draft }: DraftedRequest, results: Results): Promise<OperationResult> {
    const { project, caller, facts } = this.#run;
    const incoming = operation.markers === 0 ? draft.incoming : this.#incoming(operation, results);
    const remembered =
      incoming === draft.incoming ? draft.remembered : this.#planner.plan(project, this.#snapshot, incoming);
    const { prepared } = remembered;
    this.#position.request = this.#failing(prepared.plan);
    if (prepared.statement === null) return resultOfNothing(prepared);
    const own = { ...facts, method: operation.method, path: `/${operation.path}` };
    const result = await tx.execute({
      settings: [...FRESH_SETTINGS, ...requestSettings(own, remembered.termsOf(caller.role).settings)],
      ...beforeOf(project),
      statement: statementFiller(incoming)(prepared.statement),
    });
    return resultOf(prepared, result);
  }

  async #emit(tx: Transaction, asked: EventOperation | JobOperation, results: Results): Promise<OperationResult> {
    const result = await tx.execute({
      settings: this.#ownSettings(),
      ...beforeOf(this.#run.project),
      statement: asked.kind === 'event' ? emitStep(asked, results.resolve) : enqueueStep(asked, results.resolve),
    });
    return { status: 201, count: null, body: result.bytes(0, 0) ?? '' };
  }

  #failing(plan: QueryPlan | null): FailedRequest {
    const { project, caller } = this.#run;
    return { database: project.database, role: caller.role, snapshot: this.#snapshot, plan };
  }

  #incoming(operation: RequestOperation, results: Results | null): Incoming {
    const { timezone } = this.#preferences;
    const named = { ...operation, schema: operation.schema ?? this.#schema };
    return requestOf(named, timezone === null ? [] : [`timezone=${timezone}`], results?.resolve ?? null);
  }

  /** The settings of the request as a whole. */
  #ownSettings(): LocalSettings {
    const { project, caller, facts } = this.#run;
    const { rest } = project.settings;
    const { timezone } = this.#preferences;
    return requestSettings(facts, fixedSettings(this.#snapshot, caller.role, this.#schema, rest, timezone, null));
  }

  /** The strictest level that is asked for: by the transaction, by the role or by a function it calls. */
  #isolation(drafts: readonly Drafted[]): (typeof ISOLATIONS)[number] | null {
    const { role } = this.#run.caller;
    const asked = new Set([
      this.#request.isolation,
      ...drafts.map(({ draft }) => isolationOf(this.#snapshot, role, draft?.remembered.prepared.routine ?? null)),
    ]);
    return ISOLATIONS.findLast((level) => asked.has(level)) ?? null;
  }

  #answerFrom(results: readonly OperationResult[], rollback: boolean): Answer {
    const { tx, timezone } = this.#preferences;
    const mayChoose = this.#run.project.settings.rest.transactionEnd.endsWith('-allow-override');
    const applied = [
      tx !== null && mayChoose ? `tx=${rollback ? 'rollback' : 'commit'}` : null,
      timezone === null ? null : `timezone=${timezone}`,
    ].filter((preference) => preference !== null);
    return {
      status: 200,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        vary: 'Accept, Prefer',
        ...(applied.length === 0 ? {} : { 'preference-applied': applied.join(', ') }),
      },
      body: resultsBody(results),
    };
  }
}

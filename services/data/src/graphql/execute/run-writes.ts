import { GraphQLError } from 'graphql';
import type { Call, ProjectDatabase, Transaction } from '@ashlar/postgres';
import type { Answer } from '../../execute/answer.ts';
import { repeatTransaction } from '../../execute/repeat-transaction.ts';
import { answerOnce } from '../../idempotency/answer-once.ts';
import { type IdempotencyKey, readIdempotencyKey } from '../../idempotency/idempotency-key.ts';
import { restErrors } from '../../rest-errors.ts';
import { REFUSAL_STATES } from '../../sql/compile.ts';
import type { GraphqlRequest } from '@ashlar/graphql';
import type { RootPlan } from '../plan/plan-operation.ts';
import type { PlannedOperation, WriteRoot } from './planned-operation.ts';

/** JSON of one field at the top, as PostgreSQL wrote it. */
export type Answered = Buffer | string;
export type Answers = ReadonlyMap<RootPlan, Answered>;

/** Who asks, with which settings: the same for every statement of an operation. */
export type CallFrame = Omit<Call, 'statement' | 'connection' | 'readOnly'>;

type Write = PlannedOperation['writes'][number];

export interface RunWrites {
  readonly database: ProjectDatabase;
  readonly frame: CallFrame;
  readonly writes: readonly Write[];
  /** The project keeps nothing of what is written. */
  readonly rollback: boolean;
  /** With a key, the mutation is done once however often it is asked for. */
  readonly key: IdempotencyKey | null;
  /** The whole answer, from what the fields answered. */
  readonly answerFrom: (answers: Answers) => Answer;
  readonly signalOfClient: () => AbortSignal;
}

/**
 * The key of a mutation. The same mutation has the same document, operation name and variables, however they were
 * sent: a client that names a persisted document may send its text when it tries again.
 *
 * @throws ASH10 for a key out of bounds.
 */
export function readMutationKey(
  header: string | undefined,
  { query, operationName, variables }: GraphqlRequest,
): IdempotencyKey | null {
  if (header === undefined) return null;
  return readIdempotencyKey(header, {
    method: 'POST',
    path: 'graphql',
    query: '',
    headers: [],
    body: Buffer.from(JSON.stringify([query, operationName, variables])),
  });
}

/** Runs a mutation. One write is one statement; several see each other's rows, so each is one of a transaction. */
export async function runWrites(run: RunWrites): Promise<Answer> {
  const { writes, key, rollback } = run;
  const [first] = writes;
  if (first === undefined) return run.answerFrom(new Map());
  // What is undone has no effect that a key could keep from happening twice.
  if (key !== null && !rollback) return writeOnce(run, key);
  return run.answerFrom(writes.length === 1 ? await writeAlone(run, first) : await writeInTurn(run));
}

async function writeAlone(run: RunWrites, { root, statement }: Write): Promise<Answers> {
  const call: Call = {
    ...run.frame,
    statement,
    readOnly: false,
    connection: 'own',
    signal: run.signalOfClient(),
  };
  const result = await refusing(root, run.database.call(run.rollback ? { ...call, rollback: true } : call));
  return new Map([[root, result.bytes(0, 0) ?? 'null']]);
}

function writeInTurn({ database, frame, writes, rollback, signalOfClient }: RunWrites): Promise<Answers> {
  return database.transaction({ ...frame, rollback, signal: signalOfClient() }, (tx) => runAll(tx, frame, writes));
}

/** The key stands beside the effect in one transaction, and so does the answer: only a mutation without errors has one. */
async function writeOnce(run: RunWrites, key: IdempotencyKey): Promise<Answer> {
  const { database, frame, writes, signalOfClient } = run;
  const options = { ...frame, signal: signalOfClient() };
  const answer = await repeatTransaction(frame.isolation, () =>
    database.transaction(options, (tx) =>
      answerOnce(tx, key, frame.settings, async () => run.answerFrom(await runAll(tx, frame, writes))),
    ),
  );
  return answer.body.length === 0 ? withoutBody(answer) : answer;
}

/** Clients of GraphQL read a body in any case; without the first one's it tells why. */
function withoutBody({ status, headers }: Answer): Answer {
  const { message, code } = restErrors.answerNotKept();
  return {
    status,
    headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ data: null, errors: [{ message, extensions: { code } }] }),
  };
}

async function runAll(tx: Transaction, { before }: CallFrame, writes: readonly Write[]): Promise<Answers> {
  const answers = new Map<RootPlan, Answered>();
  for (const [index, { root, statement }] of writes.entries()) {
    const step = index === 0 && before !== undefined ? { before, statement } : { statement };
    const result = await refusing(root, tx.execute(step));
    answers.set(root, result.bytes(0, 0) ?? 'null');
  }
  return answers;
}

/** A write that met more rows than it may says so in the dialect's words, and where. */
async function refusing<Result>({ key, write: plan }: WriteRoot, running: Promise<Result>): Promise<Result> {
  try {
    return await running;
  } catch (error) {
    const isRefusal = error instanceof Error && 'code' in error && error.code === REFUSAL_STATES['max-affected'];
    if (!isRefusal) throw error;
    throw new GraphQLError(`${plan.kind === 'write' ? plan.action.kind : 'mutation'} impacts too many records`, {
      path: [key],
    });
  }
}

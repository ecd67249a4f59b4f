import { GraphQLError } from 'graphql';
import type { Call, Snapshot, Snapshots } from '@ashlar/postgres';
import type { Caller, Project } from '@ashlar/service';
import { fixedSettings, isolationOf, requestSettings, type RequestFacts } from '../../execute/request-settings.ts';
import { beforeOf } from '../../execute/fill-statement.ts';
import { settleProject } from '../../execute/rest-settings.ts';
import { REFUSAL_STATES } from '../../sql/compile.ts';
import type { GraphqlRequest } from '../parse/graphql-request.ts';
import type { RootPlan } from '../plan/plan-operation.ts';
import { GraphSchemas } from './graph-schemas.ts';
import { introspect } from './introspect.ts';
import { OperationCache } from './operation-cache.ts';
import type { PlannedOperation, WriteRoot } from './planned-operation.ts';

export interface RunOperation {
  readonly project: Project;
  readonly caller: Caller;
  readonly request: GraphqlRequest;
  readonly facts: RequestFacts;
  /** A GET may change nothing. */
  readonly readOnly: boolean;
  /** Fires when the client is gone; called only where a statement can be cancelled. */
  readonly signalOfClient: () => AbortSignal;
}

/** JSON of one field at the top, as PostgreSQL wrote it. */
type Answered = Buffer | string;
type Answers = ReadonlyMap<RootPlan, Answered>;

/** Runs operations of all projects. */
export class OperationRunner {
  readonly #snapshots: Snapshots;
  readonly #schemas = new GraphSchemas();
  readonly #operations = new OperationCache();

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /**
   * @returns The whole body, `{"data":{…}}`.
   * @throws GraphQLError, DocumentError, or what `ProjectDatabase` throws.
   */
  async run(asked: RunOperation): Promise<Buffer> {
    const { database } = asked.project;
    const snapshot = this.#snapshots.peek(database) ?? (await this.#snapshots.current(database));
    const run = { ...asked, project: settleProject(asked.project, snapshot) };
    const { project, caller, request } = run;
    const known = await this.#schemas.of(project, snapshot, caller.role);
    const plan = this.#operations.plan(known, request);
    const { operation, roots } = plan;
    if (operation.isMutation && run.readOnly) {
      throw new GraphQLError('A GET request may not change anything: send mutations by POST');
    }
    const settings = requestSettings(
      run.facts,
      fixedSettings(snapshot, caller.role, schemaOf(project), project.settings.rest, null, null),
    );
    const call: CallFrame = {
      login: 'authenticator',
      role: caller.role,
      settings,
      ...beforeOf(project),
      ...isolation(snapshot, caller.role),
    };
    const answers = operation.isMutation ? await write(run, plan, call) : await read(run, plan, call);
    return bodyOf(roots, (root) => {
      if (root.kind === 'typename') return JSON.stringify(root.name);
      if (root.kind === 'introspection') return introspect(known, operation, root.selected, request.variables);
      return answers.get(root) ?? 'null';
    });
  }
}

type CallFrame = Omit<Call, 'statement' | 'connection' | 'readOnly'>;

/** All reads in one statement, on a connection shared with others. */
async function read(
  { project, signalOfClient }: RunOperation,
  { reads, readStatement }: PlannedOperation,
  frame: CallFrame,
): Promise<Answers> {
  if (readStatement === null) return new Map();
  const isOwn = frame.isolation !== undefined;
  const result = await project.database.call({
    ...frame,
    statement: readStatement,
    readOnly: true,
    connection: isOwn ? 'own' : 'shared',
    ...(isOwn ? { signal: signalOfClient() } : {}),
  });
  return new Map(reads.map((root, column) => [root, result.bytes(0, column) ?? 'null']));
}

/** One write is one statement; several see each other's rows, so each is a statement of one transaction. */
async function write(run: RunOperation, { writes }: PlannedOperation, frame: CallFrame): Promise<Answers> {
  const { project, signalOfClient } = run;
  const [only] = writes;
  if (only === undefined) return new Map();
  if (writes.length > 1) return writeInTurn(run, writes, frame);
  const { root, statement } = only;
  const rollback = rollsBack(project);
  const call: Call = { ...frame, statement, readOnly: false, connection: 'own', signal: signalOfClient() };
  const result = await refusing(root, project.database.call(rollback ? { ...call, rollback } : call));
  return new Map([[root, result.bytes(0, 0) ?? 'null']]);
}

async function writeInTurn(
  { project, signalOfClient }: RunOperation,
  writes: PlannedOperation['writes'],
  { before, ...frame }: CallFrame,
): Promise<Answers> {
  const answers = new Map<RootPlan, Answered>();
  try {
    await project.database.transaction({ ...frame, signal: signalOfClient() }, async (tx) => {
      if (before !== undefined) await tx.query(before.text);
      for (const { root, statement } of writes) {
        const { rows } = await refusing(root, tx.query<{ answer: string | null }>(statement.text, statement.values));
        answers.set(root, rows[0]?.answer ?? 'null');
      }
      if (rollsBack(project)) throw new Undone();
    });
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
  }
  return answers;
}

function rollsBack({ settings }: Project): boolean {
  return settings.rest.transactionEnd.startsWith('rollback');
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

/** Ends a transaction of a project that keeps nothing. */
class Undone extends Error {}

function isolation(snapshot: Snapshot, role: string): Pick<Call, 'isolation'> {
  const asked = isolationOf(snapshot, role, null);
  return asked === null ? {} : { isolation: asked };
}

function schemaOf({ settings }: Project): string {
  return settings.rest.schemas[0] ?? 'public';
}

/** Fields one after the other, each as the bytes it came as. */
function bodyOf(roots: readonly RootPlan[], answerOf: (root: RootPlan) => Answered): Buffer {
  const parts: Buffer[] = [];
  for (const root of roots) {
    const answer = answerOf(root);
    parts.push(
      Buffer.from(`${parts.length === 0 ? '{"data":{' : ','}${JSON.stringify(root.key)}:`),
      typeof answer === 'string' ? Buffer.from(answer) : answer,
    );
  }
  if (parts.length === 0) parts.push(Buffer.from('{"data":{'));
  parts.push(Buffer.from('}}'));
  return Buffer.concat(parts);
}

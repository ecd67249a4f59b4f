import { GraphQLError } from 'graphql';
import type { Call, Snapshot, Snapshots } from '@ashlar/postgres';
import type { Caller, Project } from '@ashlar/service';
import { fixedSettings, isolationOf, requestSettings, type RequestFacts } from '../../execute/request-settings.ts';
import { beforeOf } from '../../execute/fill-statement.ts';
import { settleProject } from '../../execute/rest-settings.ts';
import type { Answer } from '../../execute/answer.ts';
import { sendableBody } from '../../execute/sendable-body.ts';
import type { GraphqlRequest } from '@ashlar/graphql';
import type { RootPlan } from '../plan/plan-operation.ts';
import { GraphSchemas, type RoleSchema } from './graph-schemas.ts';
import { introspect } from './introspect.ts';
import { OperationCache } from './operation-cache.ts';
import type { PlannedOperation } from './planned-operation.ts';
import { type Answered, type Answers, type CallFrame, readMutationKey, runWrites } from './run-writes.ts';

export interface RunOperation {
  readonly project: Project;
  readonly caller: Caller;
  readonly request: GraphqlRequest;
  readonly facts: RequestFacts;
  /** A GET may change nothing. */
  readonly readOnly: boolean;
  /** Schemas of the database to look at; the project's exposed ones unless given. */
  readonly schemas?: readonly string[];
  /** The `Idempotency-Key` header; queries do not look at it. */
  readonly key: string | undefined;
  /** Fires when the client is gone; called only where a statement can be cancelled. */
  readonly signalOfClient: () => AbortSignal;
}

/** Runs operations of all projects. */
export class OperationRunner {
  readonly #snapshots: Snapshots;
  readonly #schemas = new GraphSchemas();
  readonly #operations = new OperationCache();

  constructor(snapshots: Snapshots) {
    this.#snapshots = snapshots;
  }

  /** What a role sees of these schemas. @throws What `ProjectDatabase` throws. */
  async schemaOf(project: Project, role: string, schemas: readonly string[]): Promise<RoleSchema> {
    const snapshot = this.#snapshots.peek(project.database) ?? (await this.#snapshots.current(project.database));
    return this.#schemas.of(lookingAt(settleProject(project, snapshot), schemas), snapshot, role);
  }

  /** @throws GraphQLError, DocumentError, RestError for an idempotency key, or what `ProjectDatabase` throws. */
  async run(asked: RunOperation): Promise<Answer> {
    const { database } = asked.project;
    const snapshot = this.#snapshots.peek(database) ?? (await this.#snapshots.current(database));
    const run = { ...asked, project: lookingAt(settleProject(asked.project, snapshot), asked.schemas) };
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
    const answerFrom = (answers: Answers): Answer => ({
      status: 200,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: bodyOf(roots, (root) => {
        if (root.kind === 'typename') return JSON.stringify(root.name);
        if (root.kind === 'introspection') return introspect(known, operation, root.selected, request.variables);
        return answers.get(root) ?? 'null';
      }),
    });
    if (!operation.isMutation) return answerFrom(await read(run, plan, call));
    return runWrites({
      database: project.database,
      frame: call,
      writes: plan.writes,
      rollback: project.settings.rest.transactionEnd.startsWith('rollback'),
      key: readMutationKey(run.key, request),
      answerFrom,
      signalOfClient: run.signalOfClient,
    });
  }
}

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

function isolation(snapshot: Snapshot, role: string): Pick<Call, 'isolation'> {
  const asked = isolationOf(snapshot, role, null);
  return asked === null ? {} : { isolation: asked };
}

function lookingAt(project: Project, schemas: readonly string[] | undefined): Project {
  if (schemas === undefined) return project;
  const { settings } = project;
  return { ...project, settings: { ...settings, rest: { ...settings.rest, schemas } } };
}

function schemaOf({ settings }: Project): string {
  return settings.rest.schemas[0] ?? 'public';
}

/** Fields one after the other, each as the bytes it came as. */
function bodyOf(roots: readonly RootPlan[], answerOf: (root: RootPlan) => Answered): Buffer | string {
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
  return sendableBody(Buffer.concat(parts));
}

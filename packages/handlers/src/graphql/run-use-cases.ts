import { type AnyUseCase, commonErrors, must } from '@ashlar/kernel';
import type { Observe } from '@ashlar/telemetry';
import {
  type DocumentNode,
  execute,
  type ExecutionResult,
  type FieldNode,
  GraphQLError,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { wireSchema } from '../input/wire-schema.ts';
import { type Shape, shapeOf } from '../input/wire-shape.ts';
import type { Invocation } from '../invocation.ts';
import { problemOf } from '../problem/render-problem.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { fromGraph, toGraph, valueOf } from './graph-json.ts';
import type { GraphqlAsked } from './graphql-asked.ts';
import { DRY_RUN_ARGUMENT, KEY_ARGUMENT } from './print-sdl.ts';
import type { Root } from './split-operation.ts';

/** A field of a suite's schema that is a use case. */
export interface UseCaseField {
  readonly name: string;
  readonly useCase: AnyUseCase;
  readonly input: Shape;
  readonly output: Shape;
}

export function fieldOf(name: string, useCase: AnyUseCase): UseCaseField {
  const { input, output } = useCase;
  return { name, useCase, input: shapeOf(wireSchema(input)), output: shapeOf(wireSchema(output)) };
}

export interface UseCaseRun {
  readonly useCases: UseCases;
  readonly observe: Observe;
  /** Its fields take nothing: what they were given is read here. */
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly fields: ReadonlyMap<string, UseCaseField>;
  /** The fields as they were written. */
  readonly roots: readonly Root[];
  readonly asked: GraphqlAsked;
}

export interface UseCasesDone extends ExecutionResult {
  /** Every command was answered by its key. */
  readonly replayed: boolean;
}

/** Use cases of an operation one after the other, each a transaction of its own. */
export async function runUseCases(run: UseCaseRun): Promise<UseCasesDone> {
  const { asked, fields, roots } = run;
  const written = new Map(roots.map(({ key, node }) => [key, node]));
  const commands = roots.filter(({ node }) => fields.get(node.name.value)?.useCase.kind === 'command').length;
  const replays: boolean[] = [];
  let last: Promise<unknown> = Promise.resolve();
  const invoke = async (field: UseCaseField, key: string): Promise<unknown> => {
    try {
      const terms = termsOf(asked.invocation, commands > 1 ? key : null);
      const { input, ...own } = argumentsOf(field, must(written.get(key), key), asked.request.variables);
      const { output, replayed } = await run.useCases.invoke(field.useCase.name, input, { ...terms, ...own });
      replays.push(replayed);
      return toGraph(field.output, output);
    } catch (error) {
      replays.push(false);
      throw graphqlErrorOf(error, run);
    }
  };
  const resolvers = [...fields.values()].map((field) => [
    field.name,
    (_arguments: unknown, _context: unknown, { path }: GraphQLResolveInfo): Promise<unknown> => {
      // Fields of a query would run at once, each on a connection of its own.
      const next = last.then(() => invoke(field, String(path.key)));
      last = next.catch(() => undefined);
      return next;
    },
  ]);
  const result = await execute({
    schema: run.schema,
    document: run.document,
    rootValue: Object.fromEntries(resolvers),
    variableValues: asked.request.variables,
  });
  return { ...result, replayed: commands > 0 && replays.length > 0 && replays.every((replayed) => replayed) };
}

/** One key stands for one command; where a request has several, each is known by its place in the answer as well. */
function termsOf({ idempotencyKey, ...same }: Invocation, place: string | null): Invocation {
  if (idempotencyKey === undefined) return same;
  return { ...same, idempotencyKey: place === null ? idempotencyKey : `${idempotencyKey}#${place}` };
}

type Arguments = Pick<Invocation, 'dryRun' | 'idempotencyKey'> & { readonly input: unknown };

function argumentsOf(
  { useCase, input }: UseCaseField,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Arguments {
  const given = new Map((node.arguments ?? []).map((one) => [one.name.value, valueOf(one.value, variables)]));
  const read = { input: fromGraph(input, given.get('input')) ?? {} };
  if (useCase.kind === 'query') return read;
  const dryRun = given.get(DRY_RUN_ARGUMENT) ?? undefined;
  const key = given.get(KEY_ARGUMENT) ?? undefined;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') {
    throw commonErrors.malformed({ wanted: `${DRY_RUN_ARGUMENT}, which is true or false` });
  }
  if (key !== undefined && typeof key !== 'string') throw commonErrors.idempotencyKeyInvalid();
  return {
    ...read,
    ...(dryRun === undefined ? {} : { dryRun }),
    ...(key === undefined ? {} : { idempotencyKey: key }),
  };
}

/** The members of a problem, where GraphQL's clients look for them. */
function graphqlErrorOf(error: unknown, { asked, observe }: UseCaseRun): GraphQLError {
  const { trace, invocation } = asked;
  const { detail, ...extensions } = problemOf(error, trace.traceId);
  if (extensions.status === 500) {
    const { requestId } = invocation;
    observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: 'graphql', error });
  }
  return new GraphQLError(detail, { extensions: { ...extensions } });
}

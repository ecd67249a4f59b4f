import type { z } from 'zod';
import type { Refused } from './decision.ts';
import type { ErrorFactory } from './errors.ts';
import type { DomainEvent } from './event.ts';
import type { CommandContext, Contract, Outside, QueryContext } from './use-case-context.ts';

/** A key of `auth.permissions`, `suite.verb`; or what anybody who is signed in, or anybody at all, may do. */
export type Permission = `${string}.${string}` | 'signed-in' | 'anyone';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** Below `/api/v1/<suite>`; `:name` is the input's member of that name. */
export type HttpRoute = `${HttpMethod} /${string}`;

/** Where a use case answers. What is left out is not offered there; the command line offers all of them. */
export interface Handlers<Input extends z.ZodType = z.ZodType> {
  readonly http?: HttpRoute | false;
  readonly graphql?: 'mutation' | 'query' | false;
  readonly grpc?: boolean;
  /** What is done about an event. Leave it out for a step of a saga: it would run twice. */
  readonly event?: EventTrigger<Input> | false;
  /** May be asked for as a job. */
  readonly job?: boolean;
  readonly mcp?: boolean;
}

export interface EventTrigger<Input extends z.ZodType = z.ZodType> {
  readonly type: string;
  /** Null: this one is none of its business. */
  readonly input: (event: DomainEvent) => z.input<Input> | null;
  /**
   * Up to so many events at once, of one organisation and actor, go to `runMany` in one transaction. When it fails,
   * each goes there by itself, so that one that cannot be handled is parked alone. 2 to 1,000.
   */
  readonly batch?: number;
}

interface UseCaseTerms<Input extends z.ZodType, Output extends z.ZodType> {
  /** One sentence for people: what it does, or what it tells. */
  readonly summary: string;
  /** More, where a sentence is not enough. */
  readonly description?: string;
  /** A `z.object`; members it does not name are refused. */
  readonly input: Input;
  /** Has to be writable as JSON by `z.encode`: codecs, and no `.transform()`. */
  readonly output: Output;
  /** Of its own; those of `commonErrors` any use case may give. */
  readonly errors: readonly ErrorFactory[];
  readonly permission: Permission;
  readonly on: Handlers<Input>;
}

export interface CommandDefinition<Input extends z.ZodType, Output extends z.ZodType, Database> extends UseCaseTerms<
  Input,
  Output
> {
  readonly kind?: 'command';
  /** It seals texts; where the server lends no key for that, it is refused. */
  readonly keepsSecrets?: boolean;
  /**
   * What takes time and holds no rows, done before the transaction opens; `run` has it as `found`. The permission is
   * asked for with the transaction: what is found out here is asked by queries, which ask for their own.
   */
  readonly beforehand?: (input: z.output<Input>, outside: Outside) => Promise<unknown>;
  readonly run: (
    input: z.output<Input>,
    context: CommandContext<Database>,
  ) => Promise<z.output<Output> | Refused> | z.output<Output> | Refused;
  /** What `run` does, for many inputs in their order, about events. It is one command with one audit row. */
  readonly runMany?: (
    inputs: readonly z.output<Input>[],
    context: CommandContext<Database>,
  ) => Promise<Refused | undefined | void>;
}

export interface QueryDefinition<Input extends z.ZodType, Output extends z.ZodType, Database> extends UseCaseTerms<
  Input,
  Output
> {
  readonly kind: 'query';
  readonly run: (
    input: z.output<Input>,
    context: QueryContext<Database>,
  ) => Promise<z.output<Output> | Refused> | z.output<Output> | Refused;
}

/** Changes something: one transaction as the suite's role with state, audit row and events. */
export interface Command<Input extends z.ZodType, Output extends z.ZodType, Database>
  extends CommandDefinition<Input, Output, Database>, Contract<Input, Output> {
  readonly kind: 'command';
  readonly name: string;
}

/** Tells something: one read-only transaction as the caller's own role. */
export interface Query<Input extends z.ZodType, Output extends z.ZodType, Database>
  extends QueryDefinition<Input, Output, Database>, Contract<Input, Output> {
  readonly name: string;
}

export type UseCase<Input extends z.ZodType, Output extends z.ZodType, Database> =
  | Command<Input, Output, Database>
  | Query<Input, Output, Database>;

/** Any use case, for lists of them: what its tables and values are is known where it is defined. */
// oxlint-disable-next-line typescript/no-explicit-any -- `run` takes its input and tables, so only `any` admits all of them.
export type AnyUseCase = UseCase<any, any, any>;

const MAX_BATCH = 1_000;
const NAME = /^[a-z][a-z0-9]*\.[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * A business operation, written once; routes, fields, methods, subscriptions, jobs, commands and tools are derived.
 * The type of the tables is inferred from the annotation of the context:
 *
 *     run: async ({ itemId }, { db, emit }: CommandContext<StockTables>) => { … }
 *
 * @param name `suite.verb-object`, such as `inventory.reserve-stock`.
 * @throws {Error} For a name that is not of that form.
 */
export function useCase<Input extends z.ZodType, Output extends z.ZodType, Database>(
  name: string,
  definition: QueryDefinition<Input, Output, Database>,
): Query<Input, Output, Database>;
export function useCase<Input extends z.ZodType, Output extends z.ZodType, Database>(
  name: string,
  definition: CommandDefinition<Input, Output, Database>,
): Command<Input, Output, Database>;
export function useCase(
  name: string,
  definition: CommandDefinition<z.ZodType, z.ZodType, unknown> | QueryDefinition<z.ZodType, z.ZodType, unknown>,
): AnyUseCase {
  if (!NAME.test(name)) throw new Error(`A use case is named like inventory.reserve-stock, got ${name}`);
  const { batch } = definition.on.event || {};
  if (batch !== undefined) requireBatch(definition, batch, name);
  return Object.freeze({ ...definition, kind: definition.kind ?? 'command', name }) as AnyUseCase;
}

/** @throws {Error} When it takes one event at a time, or a batch has no such size. */
export function requireBatch(definition: object, batch: number, name: string): void {
  if ('runMany' in definition && batch >= 2 && batch <= MAX_BATCH) return;
  throw new Error(`${name}: batches of 2 to ${MAX_BATCH} events need a use case with runMany, got ${batch}`);
}

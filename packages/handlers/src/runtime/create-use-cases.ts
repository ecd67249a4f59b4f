import { setTimeout as delay } from 'node:timers/promises';
import { createPrinter, type Printer } from '@ashlar/documents';
import {
  type AnyUseCase,
  type CommandContext,
  commonErrors,
  type Contract,
  isRefused,
  type Suite,
} from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import type { z } from 'zod';
import { readInput } from '../input/read-input.ts';
import type { Invocation } from '../invocation.ts';
import { type AnswerKey, answerKey } from './answer-key.ts';
import { transactionOptions } from './open-use-case.ts';
import { printOutside } from './print-outside.ts';
import type { Sealer } from './project-sealer.ts';
import { type Done, refuseBeforehand, runInTransaction, type Work } from './run-in-transaction.ts';
import { isAnswerKnown, isCollision, translateError } from './translate-error.ts';

/** What came of a use case; every handler writes it in its own words. */
export interface Outcome {
  /** JSON, as the output's schema writes it. */
  readonly output: unknown;
  /** The command was done before, with this key. */
  readonly replayed: boolean;
}

/**
 * The port between handlers and use cases. A handler finds out who asks and what for, hands the input on as JSON, and
 * renders an `Outcome` or an `AshlarError`; it judges nothing by itself.
 */
export interface UseCases {
  readonly suites: readonly Suite[];
  /** Starts nothing before the first page; whoever runs a server closes it. */
  readonly printer: Printer;
  /** @returns Undefined when no suite has a use case of this name. */
  find(name: string): { readonly suite: Suite; readonly useCase: AnyUseCase } | undefined;
  /**
   * Validates, authorizes, runs and records.
   *
   * @param name In full, such as `inventory.reserve-stock`.
   * @param input JSON as it came.
   * @throws {AshlarError} Every refusal; anything else is a fault of ours.
   */
  invoke(name: string, input: unknown, invocation: Invocation): Promise<Outcome>;
  /** `runMany` of a command, in a transaction of the suite's role that somebody else ends. */
  invokeMany(tx: Transaction, name: string, inputs: readonly unknown[], invocation: Invocation): Promise<void>;
}

export interface UseCasesOptions {
  readonly suites: readonly Suite[];
  /** What seals texts in a project; without it a command that keeps secrets is refused. */
  readonly sealerOf?: (ref: string) => Promise<Sealer>;
  /** Whether the operator named the host of an address as one that may be asked. */
  readonly isNamedHost?: (url: string) => boolean;
  readonly clock?: () => Date;
}

/** Runs of one command in all, when others are in its way. */
const ATTEMPTS = 4;
const PAUSE_MS = 5;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Runs the use cases of these suites on projects' databases. */
export function createUseCases(options: UseCasesOptions): UseCases {
  const { suites, clock = () => new Date(), sealerOf, isNamedHost = () => false } = options;
  const printer = createPrinter();
  const bySuite = new Map(suites.map((suite) => [suite.name, suite]));
  if (bySuite.size < suites.length) throw new Error('Two suites have one name');

  const find: UseCases['find'] = (name) => {
    const suite = bySuite.get(name.split('.', 1)[0] ?? '');
    const useCase = suite?.find(name);
    return suite === undefined || useCase?.name !== name ? undefined : { suite, useCase };
  };

  const prepare = (name: string, invocation: Invocation): Omit<Work, 'run'> => {
    const found = find(name);
    if (found === undefined) throw commonErrors.useCaseUnknown({ name });
    const { suite, useCase } = found;
    const { caller, trusted, orgId } = invocation;
    if (orgId !== undefined && !UUID.test(orgId)) throw commonErrors.orgMissing();
    if (useCase.permission !== 'anyone' && caller.role === 'anon' && trusted !== true) {
      throw commonErrors.unauthenticated({ useCase: name });
    }
    const callOther = (contract: Contract, asked: unknown): Promise<unknown> => ask(contract, asked, work);
    const work = { suite, useCase, invocation, key: null, now: clock(), callOther, isNamedHost };
    return work;
  };

  const prepareOne = (name: string, input: unknown, invocation: Invocation): Work & { readonly input: unknown } => {
    const work = prepare(name, invocation);
    const { suite, useCase } = work;
    const parsed = readInput(useCase, input);
    const key = useCase.kind === 'command' ? answerKey(suite, useCase, input, invocation) : null;
    return { ...work, key, input: parsed, run: (context) => runOne(useCase, parsed, context) };
  };

  /** A query of another suite by the contract its caller wrote down. */
  const ask = async (
    contract: Contract,
    input: unknown,
    { invocation, useCase }: Pick<Work, 'invocation' | 'useCase'>,
  ): Promise<unknown> => {
    const kind = find(contract.name)?.useCase.kind;
    if (kind === 'command') {
      throw new Error(`${useCase.name} cannot call ${contract.name}: a command of another suite belongs into a saga`);
    }
    const { idempotencyKey: _key, ...same } = invocation;
    const { output } = await invoke(contract.name, input, { ...same, dryRun: false, isNested: true });
    return contract.output.parse(output);
  };

  /** What a command does before its transaction, once for all attempts at it: what it finds out, and its key to seal. */
  const begin = async (work: ReturnType<typeof prepareOne>): Promise<Work> => {
    const { useCase, invocation } = work;
    if (useCase.kind !== 'command') return work;
    const { beforehand, keepsSecrets } = useCase;
    const call = async (contract: Contract, asked: unknown): Promise<never> =>
      (await ask(contract, asked, work)) as never;
    const outside = { call, ...printOutside(printer, invocation.signal) };
    const found = beforehand === undefined ? undefined : await beforehand(work.input, outside);
    if (keepsSecrets !== true) return { ...work, found };
    if (sealerOf === undefined) throw new Error(`${useCase.name} keeps secrets, and nothing here seals them`);
    return { ...work, found, sealer: await sealerOf(invocation.database.ref) };
  };

  const invoke: UseCases['invoke'] = async (name, input, invocation) => {
    const work = await begin(prepareOne(name, input, invocation));
    const { suite, useCase, key } = work;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return { output: await runOnce(work), replayed: false };
      } catch (error) {
        if (key !== null && isAnswerKnown(error)) return { output: await knownAnswer(work, key), replayed: true };
        if (!isCollision(error) || attempt >= ATTEMPTS) throw translateError(error, suite, useCase);
      }
      await delay(PAUSE_MS * 2 ** attempt * (0.5 + Math.random()));
    }
  };

  return {
    suites,
    printer,
    find,
    invoke,
    async invokeMany(tx, name, inputs, invocation) {
      const work = prepare(name, invocation);
      const { suite, useCase } = work;
      refuseBeforehand(useCase);
      const parsed = inputs.map((input) => readInput(useCase, input));
      try {
        const { finishing } = await runInTransaction(tx, {
          ...work,
          run: (context) => runMany(useCase, parsed, context),
        });
        await finishing;
      } catch (error) {
        throw isCollision(error) ? error : translateError(error, suite, useCase);
      }
    },
  };
}

async function runOne(useCase: AnyUseCase, input: unknown, context: CommandContext<unknown>): Promise<unknown> {
  const result: unknown = await useCase.run(input, context);
  if (isRefused(result)) throw result.error;
  // Use cases of all shapes are in one list; each has a zod schema.
  return (useCase.output as z.ZodType).encode(result);
}

async function runMany(
  useCase: AnyUseCase,
  inputs: readonly unknown[],
  context: CommandContext<unknown>,
): Promise<null> {
  if (useCase.kind === 'query' || useCase.runMany === undefined) throw new Error(`${useCase.name} takes one at a time`);
  const result: unknown = await useCase.runMany(inputs, context);
  if (isRefused(result)) throw result.error;
  return null;
}

async function runOnce(work: Work): Promise<unknown> {
  const { suite, useCase, invocation } = work;
  const last: Pick<Done, 'finishing'>[] = [];
  try {
    return await invocation.database.transaction(transactionOptions(suite, useCase, invocation), async (tx) => {
      const done = await runInTransaction(tx, work);
      last.push(done);
      return done.output;
    });
  } catch (error) {
    // The commit only says that something was refused; the last statement says what.
    await last[0]?.finishing;
    throw error;
  }
}

async function knownAnswer({ suite, invocation }: Work, { id }: AnswerKey): Promise<unknown> {
  const { rows } = await invocation.database.call({
    login: 'service',
    role: suite.name,
    settings: [['search_path', '']],
    readOnly: true,
    statement: { text: 'select suites.known_answer($1)', values: [id] },
    connection: 'own',
  });
  const answer = rows[0]?.[0] ?? null;
  // Swept between the two: a day has passed, and the caller may try again.
  if (answer === null) throw commonErrors.busy();
  return JSON.parse(answer) as unknown;
}

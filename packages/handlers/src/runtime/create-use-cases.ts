import { setTimeout as delay } from 'node:timers/promises';
import { createPrinter, type Printer } from '@ashlar/documents';
import { type AnyUseCase, commonErrors, type Contract, type Suite } from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import { readInput } from '../input/read-input.ts';
import type { Invocation } from '../invocation.ts';
import { type AnswerKey, answerKey } from './answer-key.ts';
import { AskersGate } from './askers-gate.ts';
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
  /** The same in a transaction of the suite's role that somebody else ends: what is done about an event. */
  invokeWithin(tx: Transaction, name: string, input: unknown, invocation: Invocation): Promise<unknown>;
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
  const gate = new AskersGate();

  const find: UseCases['find'] = (name) => {
    const suite = bySuite.get(name.split('.', 1)[0] ?? '');
    const useCase = suite?.find(name);
    return suite === undefined || useCase?.name !== name ? undefined : { suite, useCase };
  };

  const prepare = (name: string, input: unknown, invocation: Invocation): Work => {
    const found = find(name);
    if (found === undefined) throw commonErrors.useCaseUnknown({ name });
    const { suite, useCase } = found;
    const { caller, trusted, orgId } = invocation;
    if (orgId !== undefined && !UUID.test(orgId)) throw commonErrors.orgMissing();
    if (useCase.permission !== 'anyone' && caller.role === 'anon' && trusted !== true) {
      throw commonErrors.unauthenticated({ useCase: name });
    }
    const parsed = readInput(useCase, input);
    const key = useCase.kind === 'command' ? answerKey(suite, useCase, input, invocation) : null;
    const callOther = (contract: Contract, asked: unknown): Promise<unknown> => ask(contract, asked, work);
    const work: Work = { suite, useCase, input: parsed, invocation, key, now: clock(), callOther, isNamedHost };
    return work;
  };

  /** A query of another suite by the contract its caller wrote down. */
  const ask = async (contract: Contract, input: unknown, { invocation, useCase }: Work): Promise<unknown> => {
    const kind = find(contract.name)?.useCase.kind;
    if (kind === 'command') {
      throw new Error(`${useCase.name} cannot call ${contract.name}: a command of another suite belongs into a saga`);
    }
    gate.note(useCase.name);
    const { idempotencyKey: _key, ...same } = invocation;
    const { output } = await carryOut(prepare(contract.name, input, { ...same, dryRun: false }));
    return contract.output.parse(output);
  };

  /** Its key is fetched before the transaction: whoever keeps it may be far away. */
  const sealerFor = async ({ useCase, invocation }: Work): Promise<Sealer | undefined> => {
    if (useCase.kind !== 'command' || useCase.keepsSecrets !== true) return undefined;
    if (sealerOf === undefined) throw new Error(`${useCase.name} keeps secrets, and nothing here seals them`);
    return sealerOf(invocation.database.ref);
  };

  /** What a command does before its transaction, once for all attempts at it. */
  const begin = async (work: Work): Promise<Work> => {
    const { useCase, invocation } = work;
    if (useCase.kind !== 'command' || useCase.beforehand === undefined) return work;
    const call = async (contract: Contract, asked: unknown): Promise<never> =>
      (await ask(contract, asked, work)) as never;
    const outside = { call, ...printOutside(printer, invocation.signal) };
    return { ...work, found: await useCase.beforehand(work.input, outside) };
  };

  return {
    suites,
    printer,
    find,
    async invoke(name, input, invocation) {
      const work = prepare(name, input, invocation);
      const leave = await gate.enter(work.useCase.name);
      try {
        return await carryOut({ ...(await begin(work)), sealer: await sealerFor(work) });
      } finally {
        leave();
      }
    },
    async invokeWithin(tx, name, input, invocation) {
      const work = prepare(name, input, invocation);
      refuseBeforehand(work.useCase);
      try {
        const { output, finishing } = await runInTransaction(tx, work);
        await finishing;
        return output;
      } catch (error) {
        throw isCollision(error) ? error : translateError(error, work.suite, work.useCase);
      }
    },
  };
}

/** Runs it until nobody is in its way. */
async function carryOut(work: Work): Promise<Outcome> {
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

import {
  type AnyUseCase,
  type CommandContext,
  type Contract,
  isRefused,
  must,
  type OrgId,
  type Suite,
} from '@ashlar/kernel';
import type { Transaction } from '@ashlar/postgres';
import { readInput } from '../input/read-input.ts';
import { actorOf, type Invocation } from '../invocation.ts';
import type { AnswerKey } from './answer-key.ts';
import { CommandRecord } from './command-record.ts';
import { beginUseCase, expectedOrg } from './open-use-case.ts';
import type { Sealer } from './project-sealer.ts';
import { suiteDatabase } from './suite-dialect.ts';
import { uuidV7 } from './uuid-v7.ts';

export interface Work {
  readonly suite: Suite;
  readonly useCase: AnyUseCase;
  /** @returns JSON, as the output's schema writes it. @throws What the use case refuses. */
  readonly run: (context: CommandContext<unknown>) => Promise<unknown>;
  readonly invocation: Invocation;
  readonly key: AnswerKey | null;
  readonly now: Date;
  /** What the command found out beforehand. */
  readonly found?: unknown;
  /** A query of another suite, as the same caller. */
  readonly callOther: (contract: Contract, input: unknown) => Promise<unknown>;
  readonly isNamedHost: (url: string) => boolean;
  /** For a command that keeps secrets. */
  readonly sealer?: Sealer | undefined;
}

export interface Done {
  /** JSON, as the output's schema writes it. */
  readonly output: unknown;
  /** The last statement of a command, on its way: the commit may follow without waiting for its answer. */
  readonly finishing: Promise<unknown> | null;
}

/**
 * One use case in a transaction that is its own. Where the organisation is known, the first statements of `run` leave
 * together with the one that settles the permission; they fail when that does.
 *
 * @throws The use case's refusal, or whatever went wrong.
 */
export async function runInTransaction(tx: Transaction, work: Work): Promise<Done> {
  const { suite, useCase, invocation, key } = work;
  const record = new CommandRecord();
  const begun = beginUseCase(tx, suite, useCase, invocation, key);
  // Its failure is told below, whether or not `run` fails before.
  begun.catch(() => undefined);
  const orgId = expectedOrg(invocation) ?? (await begun);
  let output: unknown;
  try {
    output = await work.run(contextOf(tx, work, orgId, record));
  } catch (error) {
    await begun;
    throw error;
  }
  await begun;
  if (useCase.kind === 'query') return { output, finishing: null };
  const finishing = tx.query('select suites.finish_command($1, $2, $3, $4)', [
    record.auditJson(useCase, invocation),
    // Nobody will hear of what is undone at the end.
    invocation.dryRun === true ? '[]' : record.factsJson(invocation),
    key?.id ?? null,
    key === null ? null : JSON.stringify(output),
  ]);
  finishing.catch(() => undefined);
  // What is undone at the end never meets the constraints that wait for a commit.
  if (invocation.dryRun === true) await tx.query('set constraints all immediate');
  return { output, finishing };
}

function contextOf(tx: Transaction, work: Work, orgId: string, record: CommandRecord): CommandContext<unknown> {
  const { suite, invocation, now, sealer } = work;
  const context: CommandContext<unknown> = {
    db: suiteDatabase(tx),
    clock: () => now,
    actor: actorOf(invocation),
    // The database has the last word on it; see `expectedOrg`.
    orgId: orgId as OrgId,
    requestId: invocation.requestId,
    dryRun: invocation.dryRun === true,
    emit: record.emit,
    audit: record.audit,
    found: work.found,
    newId: (schema) => schema.parse(uuidV7(now)),
    seal: (text, purpose) => must(sealer, `keepsSecrets of ${work.useCase.name}`).seal(text, purpose),
    isNamedHost: work.isNamedHost,
    call: async (contract, input) => {
      const own = suite.find(contract.name);
      if (own === undefined) return (await work.callOther(contract, input)) as never;
      if (own.kind === 'command' && work.useCase.kind === 'query') {
        throw new Error(`${work.useCase.name} is a query and cannot call the command ${own.name}`);
      }
      refuseBeforehand(own);
      const result: unknown = await own.run(readInput(own, input), context);
      if (isRefused(result)) throw result.error;
      return result as never;
    },
  };
  return context;
}

/** @throws {Error} For a command that does something before its transaction, when there is one already. */
export function refuseBeforehand(useCase: AnyUseCase): void {
  if (useCase.kind === 'command' && useCase.beforehand !== undefined) {
    throw new Error(`${useCase.name} begins before its transaction and cannot be part of another`);
  }
}

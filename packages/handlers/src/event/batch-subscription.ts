import type { DomainEvent, Suite } from '@ashlar/kernel';
import type { ProjectDatabase, Subscription, Transaction } from '@ashlar/postgres';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { settingsOf } from '../runtime/open-use-case.ts';
import { invocationOf } from './invocation-of-event.ts';
import { isSuiteThere } from './is-suite-there.ts';

export interface BatchListening {
  readonly consumer: string;
  readonly types: readonly string[];
  readonly useCase: string;
  readonly input: (event: DomainEvent) => unknown;
  readonly batch: number;
}

/**
 * Many events in one transaction, which also remembers that they were handled, so that no key is needed. Those that
 * follow each other and are of one organisation and actor are one command.
 */
export function batchSubscription(
  suite: Suite,
  { consumer, types, useCase, input, batch }: BatchListening,
  useCases: UseCases,
  database: ProjectDatabase,
): Subscription {
  const run = async (tx: Transaction, events: readonly DomainEvent[], signal: AbortSignal): Promise<void> => {
    const inputs = events.map(input).filter((wanted) => wanted !== null);
    const [first] = events;
    if (first === undefined || inputs.length === 0) return;
    const invocation = { ...invocationOf(first, suite, database), signal };
    const settings = settingsOf(invocation);
    await tx.query('select set_config(s.name, s.value, true) from unnest($1::text[], $2::text[]) s(name, value)', [
      settings.map(([name]) => name),
      settings.map(([, value]) => value),
    ]);
    await useCases.invokeMany(tx, useCase, inputs, invocation);
  };
  return {
    consumer,
    types,
    effects: 'database',
    role: suite.name,
    maxBatch: batch,
    isPresent: () => isSuiteThere(database, suite.name),
    async handleBatch(events, { tx, signal }) {
      for (const together of ofOneActor(events)) await run(tx, together, signal);
    },
  };
}

/** Runs of events of one organisation and actor; nothing is moved, so the order of every aggregate is kept. */
function ofOneActor(events: readonly DomainEvent[]): readonly (readonly DomainEvent[])[] {
  const runs: DomainEvent[][] = [];
  for (const event of events) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (last?.orgid === event.orgid && last.actor === event.actor) run?.push(event);
    else runs.push([event]);
  }
  return runs;
}

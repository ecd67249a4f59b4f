import { AshlarError, commonErrors, type DomainEvent, type Suite } from '@ashlar/kernel';
import type { ProjectDatabase, Subscription } from '@ashlar/postgres';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { batchSubscription } from './batch-subscription.ts';
import { invocationOf } from './invocation-of-event.ts';
import { isSuiteThere } from './is-suite-there.ts';

interface Listening {
  readonly consumer: string;
  readonly types: readonly string[];
  readonly useCase: string;
  readonly input: (event: DomainEvent) => unknown;
  readonly batch?: number | undefined;
}

/**
 * What a suite does about events of a project: a use case each, on behalf of the event's organisation and actor, with
 * the event's id as its key, so that one delivered twice is done once; or, where the use case takes many, one for a
 * batch of them. What it refuses is tried again and then parked among the dead letters. A project without the suite
 * does nothing about them.
 */
export function suiteSubscriptions(
  suite: Suite,
  useCases: UseCases,
  database: ProjectDatabase,
): readonly Subscription[] {
  return listeningOf(suite).map(({ batch, ...listening }) =>
    batch === undefined
      ? singleSubscription(suite, listening, useCases, database)
      : batchSubscription(suite, { ...listening, batch }, useCases, database),
  );
}

function singleSubscription(
  suite: Suite,
  { consumer, types, useCase, input }: Listening,
  useCases: UseCases,
  database: ProjectDatabase,
): Subscription {
  let wasAbsent = false;
  return {
    consumer,
    types,
    // The use case has a transaction of its own, so that a project without the suite needs no login for it.
    effects: 'outside',
    async handle(event, { signal }) {
      const wanted = input(event);
      if (wanted === null || (wasAbsent && !(await isSuiteThere(database, suite.name)))) return;
      const invocation = invocationOf(event, suite, database);
      try {
        await useCases.invoke(useCase, wanted, { ...invocation, idempotencyKey: `${consumer}:${event.id}`, signal });
        wasAbsent = false;
      } catch (error) {
        wasAbsent = error instanceof AshlarError && error.code === commonErrors.suiteNotInstalled.code;
        if (!wasAbsent) throw error;
      }
    },
  };
}

function listeningOf({ useCases, subscriptions }: Suite): readonly Listening[] {
  return [
    ...useCases.flatMap(({ name, on }): Listening[] =>
      on.event === undefined || on.event === false
        ? []
        : [{ consumer: name, types: [on.event.type], useCase: name, input: on.event.input, batch: on.event.batch }],
    ),
    ...subscriptions.map(({ useCase, ...listening }) => ({ ...listening, useCase: useCase.name })),
  ];
}

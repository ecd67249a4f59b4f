import { AshlarError, commonErrors, type DomainEvent, type Suite } from '@ashlar/kernel';
import type { ProjectDatabase, Subscription } from '@ashlar/postgres';
import type { UseCases } from '../runtime/create-use-cases.ts';

interface Listening {
  readonly consumer: string;
  readonly types: readonly string[];
  readonly useCase: string;
  readonly input: (event: DomainEvent) => unknown;
}

/**
 * What a suite does about events of a project: a use case each, on behalf of the event's organisation and actor, with
 * the event's id as its key, so that one delivered twice is done once. What it refuses is tried again and then parked
 * among the dead letters. A project without the suite does nothing about them.
 */
export function suiteSubscriptions(
  suite: Suite,
  useCases: UseCases,
  database: ProjectDatabase,
): readonly Subscription[] {
  return listeningOf(suite).map(({ consumer, types, useCase, input }) => ({
    consumer,
    types,
    // The use case has a transaction of its own, so that a project without the suite needs no login for it.
    effects: 'outside',
    async handle(event, { signal }) {
      const wanted = input(event);
      if (wanted === null) return;
      try {
        await useCases.invoke(useCase, wanted, {
          database,
          caller: { role: suite.name, claims: event.actor === null ? {} : { sub: event.actor } },
          via: 'event',
          requestId: event.id,
          orgId: event.orgid ?? undefined,
          idempotencyKey: `${consumer}:${event.id}`,
          traceparent: event.traceparent ?? undefined,
          signal,
          trusted: true,
        });
      } catch (error) {
        const isElsewhere = error instanceof AshlarError && error.code === commonErrors.suiteNotInstalled.code;
        if (!isElsewhere) throw error;
      }
    },
  }));
}

function listeningOf({ useCases, subscriptions }: Suite): readonly Listening[] {
  return [
    ...useCases.flatMap(({ name, on }): Listening[] =>
      on.event === undefined || on.event === false
        ? []
        : [{ consumer: name, types: [on.event.type], useCase: name, input: on.event.input }],
    ),
    ...subscriptions.map(({ consumer, types, useCase, input }) => ({ consumer, types, useCase: useCase.name, input })),
  ];
}

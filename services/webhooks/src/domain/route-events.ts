import { aggregateOf, type DomainEvent } from '@ashlar/kernel';
import { ROW_CHANGE_TYPES, type RowChange, type TableChanges, wantsChange } from './row-change.ts';

/** What decides whether an event goes to an endpoint. */
export interface Wishes {
  readonly id: string;
  readonly eventTypes: readonly string[];
  readonly tables: readonly TableChanges[];
  readonly ordered: boolean;
}

/** An event on its way to an endpoint. */
export interface Routed {
  readonly endpointId: string;
  readonly event: DomainEvent;
  /** Deliveries of one key are made in order; null: in any. */
  readonly key: string | null;
}

/** Which events go where, in the order in which they happened. */
export function routeEvents(endpoints: readonly Wishes[], events: readonly DomainEvent[]): readonly Routed[] {
  return events.flatMap((event) =>
    endpoints
      .filter((endpoint) => isWanted(endpoint, event))
      .map(({ id, ordered }) => ({
        endpointId: id,
        event,
        key: ordered && event.subject !== null ? aggregateOf(event) : null,
      })),
  );
}

function isWanted({ eventTypes, tables }: Wishes, event: DomainEvent): boolean {
  if (event.type.startsWith(ROW_CHANGE_TYPES)) {
    // Nobody else can emit these, and the function that does gives them this form.
    const change = event.data as unknown as RowChange;
    return tables.some((wanted) => wantsChange(wanted, change));
  }
  return eventTypes.some((wanted) =>
    wanted.endsWith('*') ? event.type.startsWith(wanted.slice(0, -1)) : wanted === event.type,
  );
}

/** The body of a delivery: the event as CloudEvents has it, without what nobody said. */
export function cloudEvent(event: DomainEvent): string {
  const { data, ...attributes } = event;
  const said = Object.entries(attributes).filter(([, value]) => value !== null);
  return JSON.stringify({ ...Object.fromEntries(said), datacontenttype: 'application/json', data });
}

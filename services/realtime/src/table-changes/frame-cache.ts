import type { Encoded } from '../channel/outgoing.ts';
import type { Serializer } from '../wire/frame.ts';
import type { ChangeMessage } from './change-message.ts';
import type { Subscriber, TableSubscription } from './subscriber.ts';

/** The frames of one change: those who want the same under the same topic share the bytes. */
export class FrameCache {
  readonly #message: ChangeMessage;
  readonly #frames = new Map<Serializer, Map<string, Encoded>>();

  constructor(message: ChangeMessage) {
    this.#message = message;
  }

  frame({ listener, wantsPosition }: Subscriber, matching: readonly TableSubscription[]): Encoded {
    const { serializer, topic } = listener;
    const ids = matching.map(({ id }) => id).join(',');
    const columns = columnsOf(matching);
    const key = `${topic}\n${ids}\n${wantsPosition}\n${columns === null ? '' : [...columns].join('\n')}`;
    const ofSerializer = this.#frames.get(serializer) ?? new Map<string, Encoded>();
    this.#frames.set(serializer, ofSerializer);
    const known = ofSerializer.get(key);
    if (known !== undefined) return known;
    const position = wantsPosition ? `,"position":${JSON.stringify(this.#message.position)}` : '';
    const payload = `{"ids":[${ids}],"data":${this.#message.data(columns)}${position}}`;
    const text = serializer.encode({ joinRef: null, ref: null, topic, event: 'postgres_changes', payload });
    const encoded: Encoded = { data: Buffer.from(text), isBinary: false };
    ofSerializer.set(key, encoded);
    return encoded;
  }
}

/** What any of them wants. */
function columnsOf(subscriptions: readonly TableSubscription[]): ReadonlySet<string> | null {
  const columns = new Set<string>();
  for (const subscription of subscriptions) {
    if (subscription.columns === null) return null;
    for (const column of subscription.columns) columns.add(column);
  }
  return columns;
}

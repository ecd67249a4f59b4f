import type { Suite } from '@ashlar/kernel';
import { wireSchema } from '../input/wire-schema.ts';

type Document = Readonly<Record<string, unknown>>;

/** AsyncAPI 3.0 of the events a suite tells, and of those it does something about. */
export function asyncApiOf({ name, title, events, useCases, subscriptions, errands }: Suite): Document {
  const heard = [
    ...useCases.flatMap(({ name: useCase, on }) =>
      on.event === undefined || on.event === false ? [] : [{ consumer: useCase, types: [on.event.type] }],
    ),
    ...subscriptions,
    ...errands.map(({ name: consumer, types }) => ({ consumer, types })),
  ];
  const types = new Set([...events.map(({ type }) => type), ...heard.flatMap(({ types: ones }) => ones)]);
  return {
    asyncapi: '3.0.0',
    info: { title: `Events of ${title.en}`, version: '1' },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      [...types].map((type) => [
        channelOf(type),
        { address: type, messages: { event: { $ref: `#/components/messages/${channelOf(type)}` } } },
      ]),
    ),
    operations: Object.fromEntries([
      ...events.map(({ type, summary }) => [
        `send-${channelOf(type)}`,
        { action: 'send', summary, channel: { $ref: `#/channels/${channelOf(type)}` } },
      ]),
      ...heard.flatMap(({ consumer, types: ones }) =>
        ones.map((type) => [
          `${channelOf(consumer)}-hears-${channelOf(type)}`,
          { action: 'receive', channel: { $ref: `#/channels/${channelOf(type)}` }, 'x-ashlar-consumer': consumer },
        ]),
      ),
    ]),
    components: {
      messages: Object.fromEntries(
        [...types].map((type) => {
          const known = events.find((event) => event.type === type);
          return [
            channelOf(type),
            {
              name: type,
              ...(known === undefined ? {} : { summary: known.summary }),
              payload: envelopeOf(type, known === undefined ? {} : wireSchema(known.data)),
            },
          ];
        }),
      ),
    },
    'x-ashlar-suite': name,
  };
}

/** CloudEvents 1.0 with our extensions. */
function envelopeOf(type: string, data: object): Document {
  const text = { type: 'string' };
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'time', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', format: 'uuid' },
      source: text,
      type: type.endsWith('*') ? text : { const: type },
      subject: text,
      time: { type: 'string', format: 'date-time' },
      dataschema: text,
      data,
      orgid: text,
      aggregateversion: { type: 'integer' },
      actor: text,
      causationid: text,
      correlationid: text,
    },
  };
}

/** Keys of components have no dots. */
function channelOf(type: string): string {
  return type.replaceAll('.', '-').replaceAll('*', 'all');
}

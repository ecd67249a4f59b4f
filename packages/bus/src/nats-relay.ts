import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerMessages, JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Observe } from '@ashlar/telemetry';
import { assertMessage, assertSubject } from './check-message.ts';
import { natsConnectionOptions } from './nats-connection.ts';
import { ensureConsumer, ensureStream } from './nats-stream.ts';
import type { Relay, RelayFollower } from './relay.ts';

export interface NatsRelayOptions {
  /** `nats://user:password@host:4222`, or `tls://…`; the server has JetStream. */
  readonly url: string;
  /** One word, which other instances on the same server do not have. */
  readonly namespace: string;
  readonly observe: Observe;
}

/** Answers awaited at a time; more than that are told otherwise. */
const MAX_SENDING = 512;
const ANSWER_WITHIN_MS = 2_000;
const RETRY_MS = 500;
const FETCHED_MESSAGES = 200;
/** In a subject, after the namespace, which is one word, and `log`. */
const PROJECT_WORD = 2;

interface Following {
  readonly follower: RelayFollower;
  messages: ConsumerMessages | null;
  readonly stopping: AbortController;
  ended: Promise<void>;
}

/** Batches between processes over JetStream of NATS 2.9 or later, which may leave, come back and lose all it held. */
export function createNatsRelay(options: NatsRelayOptions): Relay {
  const { namespace, observe } = options;
  const server = new URL(options.url).host;
  const stream = `${namespace}-log`;
  const following = new Set<Following>();
  let connection: NatsConnection | null = null;
  let client: JetStreamClient | null = null;
  /** The stream is there, as far as anybody has said. */
  let isOpen = false;
  let isClosed = false;
  let sending = 0;
  /** A failure is reported once until all is well again. */
  let isReported = false;

  const opening = open().catch(report);

  async function open(): Promise<void> {
    const [{ connect }, { jetstream }] = await Promise.all([
      import('@nats-io/transport-node'),
      import('@nats-io/jetstream'),
    ]);
    const opened = await connect({ ...natsConnectionOptions(options.url), name: 'ashlar-log' });
    connection = opened;
    if (isClosed) return opened.close();
    client = jetstream(opened, { timeout: ANSWER_WITHIN_MS });
    void watch(opened);
    for (const one of following) start(one);
    await establish().catch(report);
  }

  /** What was stored may have gone with the connection. */
  async function watch(opened: NatsConnection): Promise<void> {
    for await (const { type } of opened.status()) {
      if (type === 'disconnect') isOpen = false;
      if (type !== 'disconnect' && type !== 'reconnect') continue;
      for (const { messages } of following) messages?.stop();
      if (type === 'reconnect') void establish().catch(report);
    }
  }

  function report(error: unknown): void {
    if (!isReported && !isClosed) observe({ kind: 'bus.lost', server, error });
    isReported = true;
  }

  async function establish(): Promise<JetStreamManager> {
    if (client === null) throw new Error('There is no connection');
    const manager = await client.jetstreamManager(false);
    await ensureStream(manager, stream, `${namespace}.log.>`);
    isOpen = true;
    isReported = false;
    return manager;
  }

  function start(one: Following): void {
    one.ended = run(one);
  }

  async function run(one: Following): Promise<void> {
    const { signal } = one.stopping;
    while (!signal.aborted) {
      try {
        await hear(one);
      } catch (error) {
        report(error);
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Until the stream, its consumer or the connection is lost. */
  async function hear(one: Following): Promise<void> {
    const { follower, stopping } = one;
    const manager = await establish();
    const name = `${follower.kind}-${follower.name}`;
    await ensureConsumer(manager, stream, { name, subject: `${namespace}.log.*.${follower.kind}.>` });
    const consumer = await client?.consumers.get(stream, name);
    const messages = await consumer?.consume({ max_messages: FETCHED_MESSAGES, abort_on_missing_resource: true });
    if (messages === undefined) return;
    one.messages = messages;
    if (stopping.signal.aborted) messages.stop();
    else follower.onMissed();
    for await (const message of messages) {
      tell(follower, message.subject.split('.')[PROJECT_WORD] ?? '', message.data);
      message.ack();
    }
  }

  function tell(follower: RelayFollower, project: string, bytes: Uint8Array): void {
    try {
      follower.onBatch({ project, bytes });
    } catch (error) {
      observe({ kind: 'bus.handler-failed', subject: follower.kind, error });
    }
  }

  async function stop(one: Following): Promise<void> {
    following.delete(one);
    one.stopping.abort();
    one.messages?.stop();
    await one.ended;
  }

  return {
    async publish({ project, kind, type, position, bytes }) {
      assertMessage(`${project}.${kind}.${type}`, bytes);
      if (isClosed || client === null || !isOpen || sending >= MAX_SENDING) return false;
      sending += 1;
      try {
        await client.publish(`${namespace}.log.${project}.${kind}.${type}`, bytes, {
          msgID: `${project} ${position}`,
          timeout: ANSWER_WITHIN_MS,
          expect: { streamName: stream },
        });
        return true;
      } catch (error) {
        report(error);
        // The stream may have been removed; whoever hears it is told by the same.
        void establish().catch(report);
        return false;
      } finally {
        sending -= 1;
      }
    },
    follow(follower) {
      assertSubject(`${follower.kind}.${follower.name}`);
      const one: Following = { follower, messages: null, stopping: new AbortController(), ended: Promise.resolve() };
      following.add(one);
      if (client !== null) start(one);
      return { stop: () => void stop(one) };
    },
    async close() {
      isClosed = true;
      await Promise.all([...following].map((one) => stop(one)));
      // A server that never comes keeps nobody waiting.
      if (connection === null) return void opening;
      // Answered once the server knows what was acknowledged and that nobody asks any more. Closed without it, the next
      // batch could go to us, and to whoever goes on in our place only when the time to acknowledge it is over.
      if (isOpen) await connection.flush().catch(() => undefined);
      await connection.close().catch(() => undefined);
    },
  };
}

import type { NatsConnection, Subscription as NatsSubscription } from '@nats-io/transport-node';
import type { Observe } from '@ashlar/telemetry';
import type { Bus } from './bus.ts';
import { assertMessage, assertSubject } from './check-message.ts';
import { busErrors } from './bus-errors.ts';
import { createInProcessBus } from './in-process-bus.ts';
import { natsConnectionOptions } from './nats-connection.ts';
import { createSealer, createUnsealer } from './sealed-messages.ts';

export interface NatsBusOptions {
  /** `nats://user:password@host:4222`, or `tls://…`. */
  readonly url: string;
  /** One word before every subject, which other instances on the same server do not have. */
  readonly namespace: string;
  /** Known to the processes of the instance alone: what is not signed with it is not heard. */
  readonly secret: string;
  readonly observe: Observe;
}

interface Heard {
  readonly subject: string;
  readonly handler: (bytes: Uint8Array) => void;
  readonly unseal: ReturnType<typeof createUnsealer>;
  readonly ready: PromiseWithResolvers<void>;
  subscription: NatsSubscription | null;
}

/**
 * Messages between processes over NATS. Those of this process reach its own handlers without a way over the server; the
 * server need not be there when it begins, and may leave and come back.
 */
export function createNatsBus(options: NatsBusOptions): Bus {
  const { namespace, secret, observe } = options;
  const seal = createSealer(secret, Date.now);
  const server = new URL(options.url).host;
  const local = createInProcessBus({ observe });
  const heard = new Set<Heard>();
  let connection: NatsConnection | null = null;
  let isConnected = false;
  let isClosed = false;
  let dropped = 0;

  const connecting = connect().catch((error: unknown) => observe({ kind: 'bus.lost', server, error }));

  async function connect(): Promise<void> {
    const { connect: dial } = await import('@nats-io/transport-node');
    const opened = await dial({
      ...natsConnectionOptions(options.url),
      // What this process says reaches its own handlers directly.
      noEcho: true,
    });
    connection = opened;
    if (isClosed) return opened.close();
    void watch(opened);
    noteConnected();
    for (const one of heard) hear(one);
  }

  async function watch(opened: NatsConnection): Promise<void> {
    for await (const status of opened.status()) {
      if (status.type === 'disconnect') {
        isConnected = false;
        observe({ kind: 'bus.lost', server, error: new Error('The connection ended') });
      } else if (status.type === 'reconnect') noteConnected();
      else if (status.type === 'error') observe({ kind: 'bus.lost', server, error: status.error });
    }
  }

  function noteConnected(): void {
    isConnected = true;
    observe({ kind: 'bus.connected', server, dropped });
    dropped = 0;
  }

  function hear(one: Heard): void {
    if (connection === null || one.subscription !== null) return;
    one.subscription = connection.subscribe(`${namespace}.${one.subject}`, {
      callback: (error, message) => {
        if (error !== null) observe({ kind: 'bus.handler-failed', subject: one.subject, error });
        else handle(one, message.data);
      },
    });
    // The server has heard of it once it answers what is asked after it.
    connection.flush().then(one.ready.resolve, () => one.ready.resolve());
  }

  function handle({ subject, handler, unseal }: Heard, sealed: Uint8Array): void {
    try {
      const bytes = unseal(sealed);
      if (bytes === null) throw busErrors.notOurs({ subject });
      handler(bytes);
    } catch (error) {
      observe({ kind: 'bus.handler-failed', subject, error });
    }
  }

  return {
    isShared: true,
    publish(subject, bytes) {
      assertMessage(subject, bytes);
      local.publish(subject, bytes);
      if (isClosed) return;
      // What is kept for a server that is away would come late and all at once.
      if (connection === null || !isConnected) dropped += 1;
      else connection.publish(`${namespace}.${subject}`, seal(subject, bytes));
    },
    subscribe(subject, handler) {
      assertSubject(subject);
      const own = local.subscribe(subject, handler);
      const ready = Promise.withResolvers<void>();
      const unseal = createUnsealer(secret, subject, Date.now);
      const one: Heard = { subject, handler, unseal, ready, subscription: null };
      heard.add(one);
      hear(one);
      return {
        ready: one.ready.promise,
        stop() {
          own.stop();
          heard.delete(one);
          one.subscription?.unsubscribe();
          one.ready.resolve();
        },
      };
    },
    async flush() {
      // A connection that is lost has nothing left to send: what was said meanwhile was dropped.
      if (isConnected && !isClosed) await connection?.flush().catch(() => undefined);
    },
    async close() {
      isClosed = true;
      await local.close();
      if (connection === null) {
        // It may never be there; whoever waits for it has nothing to wait for any more.
        void connecting;
        for (const { ready } of heard) ready.resolve();
        return;
      }
      await (isConnected ? connection.drain() : connection.close()).catch(() => undefined);
    },
  };
}

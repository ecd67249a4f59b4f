import type { Observe } from '@ashlar/telemetry';
import type { Bus, BusHandler } from './bus.ts';
import { assertMessage, assertSubject } from './check-message.ts';

/** For an instance of one process. Handlers are called after the publisher has gone on, as over a network. */
export function createInProcessBus({ observe }: { readonly observe: Observe }): Bus {
  const handlers = new Map<string, Set<BusHandler>>();
  let waiting: (() => void)[] = [];
  let isClosed = false;

  function deliverWaiting(): void {
    const messages = waiting;
    waiting = [];
    for (const message of messages) message();
  }

  function deliver(subject: string, bytes: Uint8Array): void {
    for (const handler of handlers.get(subject) ?? []) {
      try {
        handler(bytes);
      } catch (error) {
        observe({ kind: 'bus.handler-failed', subject, error });
      }
    }
  }

  return {
    isShared: false,
    publish(subject, bytes) {
      assertMessage(subject, bytes);
      if (isClosed || !handlers.has(subject)) return;
      if (waiting.length === 0) queueMicrotask(deliverWaiting);
      waiting.push(() => deliver(subject, bytes));
    },
    subscribe(subject, handler) {
      assertSubject(subject);
      // The same function may subscribe twice.
      const own: BusHandler = (bytes) => handler(bytes);
      const known = handlers.get(subject) ?? new Set();
      handlers.set(subject, known.add(own));
      return {
        ready: Promise.resolve(),
        stop() {
          known.delete(own);
          if (known.size === 0 && handlers.get(subject) === known) handlers.delete(subject);
        },
      };
    },
    flush: () => Promise.resolve(),
    close() {
      deliverWaiting();
      isClosed = true;
      handlers.clear();
      return Promise.resolve();
    },
  };
}

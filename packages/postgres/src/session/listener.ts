import type { Observe } from '@ashlar/telemetry';
import { escapeIdentifier } from 'pg';
import { backoffMs } from './backoff.ts';
import type { Notification } from './call.ts';
import { sessionErrors } from './errors.ts';
import { type DatabaseTarget, entryFor } from './target.ts';
import type { Connection } from './wire/connection.ts';
import { dial } from './wire/dial.ts';
import { ScriptExchange } from './wire/script-exchange.ts';

export interface ListenerOptions {
  readonly observe: Observe;
  readonly connectTimeoutMs: number;
}

export interface Subscription {
  readonly channel: string;
  readonly onNotification: (notification: Notification) => void;
  /** Notifications may have been missed. */
  readonly onReconnect: () => void;
}

/** LISTEN waits for nothing, so a server that is slower than this has gone. */
const PATIENCE_MS = 5_000;

/** The one connection of a project that listens; open while somebody subscribes and the project is awake. */
export class Listener {
  readonly #target: DatabaseTarget;
  readonly #options: ListenerOptions;
  readonly #subscriptions = new Set<Subscription>();
  #connection: Promise<Connection> | null = null;
  #failures = 0;
  #retry: NodeJS.Timeout | null = null;
  #asleep = false;

  constructor(target: DatabaseTarget, options: ListenerOptions) {
    this.#target = target;
    this.#options = options;
  }

  /** Resolves when the server listens; rejects, without a subscription, when it cannot be reached. */
  async add(subscription: Subscription): Promise<void> {
    this.#asleep = false;
    this.#subscriptions.add(subscription);
    try {
      const connection = await (this.#connection ?? this.#connect());
      await listen(connection, [subscription.channel]);
    } catch (error) {
      await this.remove(subscription);
      throw error;
    }
  }

  async remove(subscription: Subscription): Promise<void> {
    if (!this.#subscriptions.delete(subscription)) return;
    if (this.#subscriptions.size === 0) return this.#disconnect();
    if ([...this.#subscriptions].some(({ channel }) => channel === subscription.channel)) return;
    const connection = await this.#connection?.catch(() => undefined);
    if (connection === undefined) return;
    // A connection lost meanwhile listens to nothing anyway.
    const unlisten = `unlisten ${escapeIdentifier(subscription.channel)}`;
    await new ScriptExchange(connection, unlisten, PATIENCE_MS).results.catch(() => undefined);
  }

  /** Closes the connection and keeps the subscriptions for `wake`. */
  async sleep(): Promise<void> {
    this.#asleep = true;
    await this.#disconnect();
  }

  /** Listens again after a sleep; cheap when it never slept. */
  wake(): void {
    if (!this.#asleep) return;
    this.#asleep = false;
    if (this.#subscriptions.size > 0) void this.#reconnect();
  }

  async close(): Promise<void> {
    this.#subscriptions.clear();
    await this.sleep();
  }

  #connect(): Promise<Connection> {
    this.#connection = this.#dial();
    return this.#connection;
  }

  async #dial(): Promise<Connection> {
    try {
      const connection = await dial(this.#target, entryFor(this.#target, 'authenticator', 'none'), {
        timeoutMs: this.#options.connectTimeoutMs,
      });
      connection.onNotification = (notification) => this.#deliver(notification);
      await listen(connection, new Set([...this.#subscriptions].map(({ channel }) => channel)));
      this.#failures = 0;
      void this.#reconnectWhenEnded(connection);
      return connection;
    } catch (cause) {
      this.#connection = null;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw sessionErrors.unavailable({ database: this.#target.database, reason }, { cause });
    }
  }

  async #disconnect(): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    const leaving = this.#connection;
    this.#connection = null;
    const connection = await leaving?.catch(() => undefined);
    connection?.end();
    await connection?.ended;
  }

  async #reconnectWhenEnded(connection: Connection): Promise<void> {
    const error = await connection.ended;
    // Another one, or none: we ended it ourselves.
    if ((await this.#connection) !== connection) return;
    this.#connection = null;
    this.#scheduleReconnect(error);
  }

  #scheduleReconnect(error: unknown): void {
    if (this.#asleep || this.#subscriptions.size === 0 || this.#retry !== null) return;
    this.#failures++;
    const retryInMs = backoffMs(this.#failures);
    this.#options.observe({
      kind: 'session.lost',
      database: this.#target.database,
      login: 'authenticator',
      error,
      retryInMs,
    });
    this.#retry = setTimeout(() => {
      this.#retry = null;
      void this.#reconnect();
    }, retryInMs).unref();
  }

  async #reconnect(): Promise<void> {
    try {
      await (this.#connection ?? this.#connect());
    } catch (error) {
      this.#scheduleReconnect(error);
      return;
    }
    for (const subscription of this.#subscriptions) subscription.onReconnect();
  }

  #deliver(notification: Notification): void {
    for (const subscription of this.#subscriptions) {
      if (subscription.channel === notification.channel) subscription.onNotification(notification);
    }
  }
}

async function listen(connection: Connection, channels: Iterable<string>): Promise<void> {
  const sql = [...channels].map((channel) => `listen ${escapeIdentifier(channel)};`).join(' ');
  await new ScriptExchange(connection, sql, PATIENCE_MS).results;
}

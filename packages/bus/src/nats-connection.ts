import type { NodeConnectionOptions } from '@nats-io/transport-node';

const RECONNECT = { waitMs: 250, jitterMs: 250 };
/** A connection that says nothing is asked this often; the second silence ends it. */
const PING_EVERY_MS = 5_000;

/** @param text `nats://user:password@host:4222`, or `tls://…`. */
export function natsConnectionOptions(text: string): NodeConnectionOptions {
  const url = new URL(text);
  const user = decodeURIComponent(url.username);
  const pass = decodeURIComponent(url.password);
  return {
    servers: url.host,
    name: 'ashlar',
    reconnect: true,
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: RECONNECT.waitMs,
    reconnectJitter: RECONNECT.jitterMs,
    pingInterval: PING_EVERY_MS,
    ...(url.protocol === 'tls:' ? { tls: {} } : {}),
    ...(user === '' ? {} : pass === '' ? { token: user } : { user, pass }),
  };
}

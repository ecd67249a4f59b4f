import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Instance } from '../instance/instance.ts';

/** A websocket that has joined one channel. */
export interface Listener {
  readonly socket: WebSocket;
  send(...frames: readonly unknown[]): void;
}

export interface ListenerOptions {
  readonly token: string;
  readonly topic: string;
  /** Of `phx_join`. */
  readonly config: object;
  /** Everything the server says once the channel is joined, unparsed. */
  readonly onMessage?: (text: string) => void;
}

/** Resolves when the server has let it in; rejects when it does not. */
export async function listen(instance: Instance, options: ListenerOptions): Promise<Listener> {
  const { token, topic, config, onMessage } = options;
  const url = `${instance.url.replace('http', 'ws')}/realtime/v1/websocket?vsn=2.0.0&apikey=${instance.keys.keys.anonKey}`;
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const joined = Promise.withResolvers<void>();
  let isJoined = false;
  socket.on('message', (data: Buffer) => {
    const text = data.toString();
    if (isJoined) onMessage?.(text);
    else if (text.includes('"phx_reply"')) {
      isJoined = true;
      if (text.includes('"status":"ok"')) joined.resolve();
      else joined.reject(new Error(text));
    }
  });
  socket.on('error', (error) => joined.reject(error));
  socket.on('close', (code) => joined.reject(new Error(`closed with ${code}`)));
  joined.promise.catch(() => undefined);
  await once(socket, 'open');
  const send: Listener['send'] = (...frames) => frames.forEach((frame) => socket.send(JSON.stringify(frame)));
  send(['1', '1', topic, 'phx_join', { config, access_token: token }]);
  await joined.promise;
  return { socket, send };
}

/** What a channel asks for that waits until changes of a table are captured. */
export function changesOf(table: string): object {
  return {
    postgres_changes: [{ event: '*', schema: 'public', table }],
    postgres_changes_options: { wait: true },
    presence: { enabled: false },
  };
}

export function leave(listeners: readonly Listener[]): void {
  for (const { socket } of listeners) socket.terminate();
}

/** The value under which 95 of 100 are. */
export function p95(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY;
}

import { connect } from 'node:net';
import type { DatabaseTarget } from '../target.ts';
import type { BackendKey } from './connection.ts';

const CANCEL_REQUEST_CODE = 80_877_102;
const CANCEL_REQUEST_BYTES = 16;
const CANCEL_TIMEOUT_MS = 5_000;

/**
 * Asks the server to cancel what the backend is doing; resolves when the server has passed it on, or could not be
 * asked. Sent without TLS, as libpq does up to version 16: the server takes it before any authentication.
 */
export function cancelBackend(target: DatabaseTarget, key: BackendKey): Promise<void> {
  const request = Buffer.alloc(CANCEL_REQUEST_BYTES);
  request.writeInt32BE(CANCEL_REQUEST_BYTES, 0);
  request.writeInt32BE(CANCEL_REQUEST_CODE, 4);
  request.writeInt32BE(key.processId, 8);
  request.writeInt32BE(key.secretKey, 12);
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = target.host.startsWith('/')
    ? connect(`${target.host}/.s.PGSQL.${target.port}`)
    : connect(target.port, target.host);
  socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('close', () => resolve());
  socket.on('connect', () => socket.write(request));
  // The server answers nothing; it closes once the signal is sent.
  socket.resume();
  return promise;
}

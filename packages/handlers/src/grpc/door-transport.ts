import type { Transport } from '@connectrpc/connect';
import type { UniversalClientFn } from '@connectrpc/connect/protocol';
import { createTransport } from '@connectrpc/connect/protocol-connect';
import type { FastifyInstance } from 'fastify';

/** Who calls, and for which project. */
export interface DoorCall {
  readonly door: FastifyInstance;
  readonly clientAddress: string;
  /** Below the door, such as `/p/shop`. */
  readonly prefix: string;
}

const MAX_BYTES = 64 * 1024 * 1024;

/** Leads a call through the instance's door, as if it had come in there: its project, token and limits are the door's. */
export function doorTransport({ door, clientAddress, prefix }: DoorCall): Transport {
  return createTransport({
    httpClient: throughDoor(door, clientAddress),
    baseUrl: `http://door.invalid${prefix}/connect`,
    useBinaryFormat: true,
    interceptors: [],
    acceptCompression: [],
    sendCompression: null,
    compressMinBytes: MAX_BYTES,
    readMaxBytes: MAX_BYTES,
    writeMaxBytes: MAX_BYTES,
  });
}

function throughDoor(door: FastifyInstance, remoteAddress: string): UniversalClientFn {
  return async ({ url, header, body, signal }) => {
    const parts: Uint8Array[] = [];
    for await (const part of body ?? []) parts.push(part);
    const response = await door.inject({
      method: 'POST',
      url: new URL(url).pathname,
      headers: Object.fromEntries(header),
      payload: Buffer.concat(parts),
      remoteAddress,
      ...(signal === undefined ? {} : { signal }),
    });
    const told = new Headers();
    for (const [name, value] of Object.entries(response.headers)) {
      if (value !== undefined) told.set(name, String(value));
    }
    return { status: response.statusCode, header: told, body: chunk(response.rawPayload), trailer: new Headers() };
  };
}

async function* chunk(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}

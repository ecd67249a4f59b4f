import {
  broadcastPayload,
  type ClientFrame,
  clientFrame,
  type Delivery,
  parseJson,
  type Payload,
  type Serializer,
} from './frame.ts';

/** First byte of a binary frame. */
const KIND = { push: 0, userBroadcastPush: 3, userBroadcast: 4 } as const;
const ENCODING = { binary: 0, json: 1 } as const;
const MAX_LENGTH = 255;

// Frames that are no UTF-8 are refused as a whole instead of being mended.
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `vsn=2.0.0`: a JSON array `[join_ref, ref, topic, event, payload]`, or bytes with one-byte lengths in front. */
export const arraySerializer: Serializer = {
  decode: (data, isBinary) => (isBinary ? decodeBinary(data) : decodeText(data)),
  encode: ({ joinRef, ref, topic, event, payload }) =>
    `[${JSON.stringify(joinRef)},${JSON.stringify(ref)},${JSON.stringify(topic)},${JSON.stringify(event)},${payload}]`,
  encodeDelivery(delivery) {
    const payload = broadcastPayload(delivery);
    if (payload === null) return encodeBinary(delivery);
    return arraySerializer.encode({ joinRef: null, ref: null, topic: delivery.topic, event: 'broadcast', payload });
  },
};

function decodeText(data: Buffer): ClientFrame | null {
  const value = parseJson(data.toString());
  if (!Array.isArray(value) || value.length !== 5) return null;
  const [joinRef, ref, topic, event, payload] = value as readonly unknown[];
  return clientFrame(joinRef, ref, topic, event, payload);
}

function decodeBinary(data: Buffer): ClientFrame | null {
  switch (data[0]) {
    case KIND.userBroadcastPush:
      return decodeBroadcast(data);
    case KIND.push:
      // Phoenix's own binary pushes carry bytes where our events want JSON.
      return decodePush(data);
    default:
      return null;
  }
}

function decodeBroadcast(data: Buffer): ClientFrame | null {
  const encoding = data[6];
  const parts = readTexts(data, 1, 5, 7);
  if (parts === null || (encoding !== ENCODING.binary && encoding !== ENCODING.json)) return null;
  const [joinRef = '', ref = '', topic, event = ''] = parts.texts;
  const payload = readPayload(data.subarray(parts.end), encoding);
  const frame = clientFrame(joinRef || null, ref || null, topic, 'broadcast', null);
  return payload === null || frame === null ? null : { ...frame, broadcast: { event, payload } };
}

function decodePush(data: Buffer): ClientFrame | null {
  const parts = readTexts(data, 1, 4, 5);
  if (parts === null) return null;
  const [joinRef = '', ref = '', topic, event] = parts.texts;
  const payload = readPayload(data.subarray(parts.end), ENCODING.json);
  if (payload?.kind !== 'json') return null;
  return clientFrame(joinRef || null, ref || null, topic, event, parseJson(payload.json));
}

/** `count` lengths at `lengthsAt`, then the texts themselves from `textsAt` on. */
function readTexts(
  data: Buffer,
  lengthsAt: number,
  count: number,
  textsAt: number,
): { readonly texts: readonly string[]; readonly end: number } | null {
  if (data.length < textsAt) return null;
  const texts: string[] = [];
  let at = textsAt;
  for (let index = 0; index < count; index += 1) {
    const end = at + (data[lengthsAt + index] ?? 0);
    const text = end > data.length ? null : decodeUtf8(data.subarray(at, end));
    if (text === null) return null;
    texts.push(text);
    at = end;
  }
  return { texts, end: at };
}

function readPayload(bytes: Buffer, encoding: number): Payload | null {
  // A copy: the frame's buffer is the socket's, and a payload may wait for slow members.
  if (encoding === ENCODING.binary) return { kind: 'binary', bytes: Buffer.from(bytes) };
  const json = decodeUtf8(bytes);
  return json === null || parseJson(json) === undefined ? null : { kind: 'json', json };
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

/** Null when a name or the meta is too long for its one-byte length. */
function encodeBinary({ topic, event, payload, meta }: Delivery): Buffer | null {
  const texts = [topic, event, meta ?? ''].map((text) => Buffer.from(text));
  if (texts.some(({ length }) => length > MAX_LENGTH)) return null;
  const encoding = payload.kind === 'binary' ? ENCODING.binary : ENCODING.json;
  const body = payload.kind === 'binary' ? payload.bytes : Buffer.from(payload.json);
  const head = Buffer.from([KIND.userBroadcast, ...texts.map(({ length }) => length), encoding]);
  return Buffer.concat([head, ...texts, body]);
}

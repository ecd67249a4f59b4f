import { generateKeyPairSync } from 'node:crypto';
import { DeliveryFailure, postToProvider, type ProviderFetch } from '@ashlar/delivery';
import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { importJWK, SignJWT } from 'jose';
import type { PushWay } from '../application/push-way.ts';
import type { QueuedMessage } from '../domain/message.ts';
import { encryptPush, MAX_PUSH_BYTES } from './encrypt-push.ts';
import { findDevice, removeDevice } from './postgres-lookups.ts';
import { readVapidKeys, type VapidKeys } from './postgres-settings.ts';

/** RFC 8292 allows a day. */
const TOKEN_SECONDS = 12 * 3_600;
/** How long a push service keeps a message for a browser that is away. */
const KEEP_SECONDS = 86_400;
const GONE = /^HTTP (?:404|410) /;

export async function vapidKeysOf(project: Project): Promise<VapidKeys> {
  return readVapidKeys(project, makeVapidKeys);
}

/** Sends by Web Push to the address a browser gave, which may be any: `send` refuses private ones. */
export function createWebPush(send: ProviderFetch, observe: Observe): PushWay {
  return async ({ project, settings, signal }, message) => {
    const device = message.recipient === null ? null : await findDevice(project, message.recipient);
    if (device === null) return { kind: 'failed', error: 'the device is registered no more' };
    if (settings.push.way.kind === 'log') {
      observe({ kind: 'message.logged', project: project.ref, channel: 'push', template: message.category });
      return { kind: 'sent', answer: 'told to the log alone', providerId: null };
    }
    const keys = await vapidKeysOf(project);
    try {
      const { answer } = await postToProvider({
        url: device.endpoint,
        headers: {
          authorization: `vapid t=${await tokenFor(device.endpoint, settings.push.contact, keys)}, k=${keys.publicKey}`,
          'content-encoding': 'aes128gcm',
          'content-type': 'application/octet-stream',
          ttl: String(KEEP_SECONDS),
          urgency: message.isTransactional ? 'high' : 'normal',
          // A repeat of this very message takes the place of the first while the browser is away.
          topic: message.id.replaceAll('-', ''),
        },
        body: encrypted(message, device),
        recipient: device.endpoint,
        signal,
        send,
      });
      return { kind: 'sent', answer, providerId: null };
    } catch (error) {
      if (!(error instanceof DeliveryFailure && GONE.test(error.message))) throw error;
      // The browser has ended its subscription.
      await removeDevice(project, device.id);
      return { kind: 'failed', error: `${error.message} (the device was removed)` };
    }
  };
}

function encrypted(
  message: QueuedMessage,
  device: { readonly endpoint: string; readonly p256dh: string; readonly auth: string },
): Buffer {
  try {
    return encryptPush(pushPayload(message), device);
  } catch (error) {
    throw new DeliveryFailure('the keys of the device are none', device.endpoint, { permanent: true, cause: error });
  }
}

const text = (value: unknown, max: number): string =>
  typeof value === 'string' ? value.slice(0, max).toWellFormed() : '';

/** What a service worker is given, as JSON. A long body is cut, since a push message has one record. */
function pushPayload({ id, category, data, body }: QueuedMessage): Buffer {
  const payload = (bodyLength: number): Buffer =>
    Buffer.from(
      JSON.stringify({
        id,
        category,
        title: text(data['title'], 200),
        body: text(body ?? data['body'], bodyLength),
        url: text(data['url'], 1_000),
      }),
    );
  // A letter is up to six bytes of JSON; the first that fits is taken.
  const sizes = [2_000, 800, 250, 0];
  return (
    sizes.map(payload).find(({ length }) => length <= MAX_PUSH_BYTES) ?? Buffer.from(JSON.stringify({ id, category }))
  );
}

async function tokenFor(endpoint: string, contact: string, { publicKey, privateKey }: VapidKeys): Promise<string> {
  const point = Buffer.from(publicKey, 'base64url');
  const key = await importJWK(
    {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
      d: privateKey,
    },
    'ES256',
  );
  return new SignJWT({ sub: contact })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
    .setAudience(new URL(endpoint).origin)
    .setExpirationTime(Math.floor(Date.now() / 1000) + TOKEN_SECONDS)
    .sign(key);
}

async function makeVapidKeys(): Promise<VapidKeys> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return { publicKey: point.toString('base64url'), privateKey: d };
}

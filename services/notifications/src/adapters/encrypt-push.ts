import { createCipheriv, createECDH, hkdfSync, randomBytes } from 'node:crypto';

export interface PushKeys {
  /** The browser's public point and its secret, both in base64url. */
  readonly p256dh: string;
  readonly auth: string;
}

/** What is random in an encryption; given by tests that know the result. */
export interface PushRandomness {
  readonly salt: Buffer;
  readonly privateKey: Buffer;
}

const SALT_BYTES = 16;
const RECORD_BYTES = 4_096;
/** What one record carries after its tag and delimiter; push services refuse more than one. */
export const MAX_PUSH_BYTES = 3_993;

/**
 * A message as RFC 8291 encrypts it for one browser (`aes128gcm`, one record).
 *
 * @throws {RangeError} When it is longer than `MAX_PUSH_BYTES`.
 * @throws {Error} When the browser's key is no point of the curve.
 */
export function encryptPush(message: Buffer, { p256dh, auth }: PushKeys, random?: PushRandomness): Buffer {
  if (message.length > MAX_PUSH_BYTES) throw new RangeError(`A push message has at most ${MAX_PUSH_BYTES} bytes`);
  const theirs = Buffer.from(p256dh, 'base64url');
  const exchange = createECDH('prime256v1');
  if (random === undefined) exchange.generateKeys();
  else exchange.setPrivateKey(random.privateKey);
  const ours = exchange.getPublicKey();
  const salt = random?.salt ?? randomBytes(SALT_BYTES);

  const info = Buffer.concat([Buffer.from('WebPush: info\0'), theirs, ours]);
  const secret = derive(exchange.computeSecret(theirs), Buffer.from(auth, 'base64url'), info, 32);
  const key = derive(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  // 2 ends the last record.
  const body = Buffer.concat([
    cipher.update(message),
    cipher.update(Buffer.of(2)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);

  const head = Buffer.alloc(SALT_BYTES + 5);
  salt.copy(head);
  head.writeUInt32BE(RECORD_BYTES, SALT_BYTES);
  head.writeUInt8(ours.length, SALT_BYTES + 4);
  return Buffer.concat([head, ours, body]);
}

function derive(secret: Buffer, salt: Buffer, info: Buffer, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, bytes));
}

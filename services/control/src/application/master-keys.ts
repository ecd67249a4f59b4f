import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** A key that wraps data keys. */
export interface MasterKey {
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** Where master keys are kept, the youngest last: a file beside the instance, or a vault. */
export interface MasterKeys {
  /** At least one. */
  read(): Promise<readonly MasterKey[]>;
  /**
   * Replaces the keys there are.
   *
   * @param before As they were read; when others are there by now nothing is written.
   * @returns False then.
   */
  replace(before: readonly MasterKey[], after: readonly MasterKey[]): Promise<boolean>;
}

export const KEY_BYTES = 32;
/** AES-256-GCM as NIST SP 800-38D asks: a fresh 96-bit nonce for each text, the whole tag kept. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function newMasterKey(): MasterKey {
  return { id: randomBytes(8).toString('hex'), key: randomBytes(KEY_BYTES) };
}

/** @param context Is not kept, but it takes the same one to open: what was sealed for one place opens in no other. */
export function seal(key: Buffer, content: Buffer, context: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** @throws {Error} When it was sealed with another key or for another context, or changed since. */
export function unseal(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

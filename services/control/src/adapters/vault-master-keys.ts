import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { KEY_BYTES, type MasterKey, type MasterKeys, newMasterKey } from '../application/master-keys.ts';
import { controlErrors } from '../control-errors.ts';

export interface VaultOptions {
  /** Of Vault or OpenBao: `https://vault.internal:8200`. */
  readonly url: string;
  readonly token: string;
  /** Where a KV engine of version 2 is mounted: `secret`. */
  readonly mount: string;
  readonly path: string;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 1_048_576;

const answer = z.object({
  data: z.object({
    data: z.object({ keys: z.array(z.object({ id: z.string().min(1), key: z.string().min(1) })).min(1) }),
    metadata: z.object({ version: z.int().positive() }),
  }),
});

/**
 * Master keys in Vault or OpenBao (KV version 2), written with check-and-set so that two who change them at once cannot
 * lose one another's.
 *
 * @see https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
 */
export function createVaultMasterKeys(options: VaultOptions): MasterKeys {
  const { url, token, mount, path, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const address = `${url.replace(/\/+$/, '')}/v1/${mount}/data/${path}`;

  async function ask(init: RequestInit): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      const response = await fetch(address, {
        ...init,
        headers: { 'x-vault-token': token, 'content-type': 'application/json' },
        // It would carry the token to wherever the answer says.
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await response.text();
      if (text.length > MAX_ANSWER_BYTES) throw new RangeError('the answer is too large');
      return { status: response.status, body: text === '' ? null : JSON.parse(text) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw controlErrors.vaultUnusable({ reason }, { cause: error });
    }
  }

  /** Null when nothing was ever written. */
  async function readStored(): Promise<{ readonly keys: readonly MasterKey[]; readonly version: number } | null> {
    const { status, body } = await ask({ method: 'GET' });
    if (status === 404) return null;
    const parsed = answer.safeParse(body);
    if (status !== 200 || !parsed.success) throw controlErrors.vaultUnusable({ reason: `it answered ${status}` });
    const { data, metadata } = parsed.data.data;
    const keys = data.keys.map(({ id, key }) => ({ id, key: Buffer.from(key, 'base64url') }));
    if (keys.some(({ key }) => key.length !== KEY_BYTES))
      throw controlErrors.vaultUnusable({ reason: 'a key is no key' });
    return { keys, version: metadata.version };
  }

  /** @param version What is replaced; 0 = nothing was there. */
  async function write(keys: readonly MasterKey[], version: number): Promise<boolean> {
    const data = { keys: keys.map(({ id, key }) => ({ id, key: key.toString('base64url') })) };
    const { status } = await ask({ method: 'POST', body: JSON.stringify({ options: { cas: version }, data }) });
    // 400 is what a check-and-set that does not match is answered.
    if (status === 400) return false;
    if (status !== 200 && status !== 204) throw controlErrors.vaultUnusable({ reason: `it answered ${status}` });
    return true;
  }

  return {
    async read() {
      const stored = await readStored();
      if (stored !== null) return stored.keys;
      const first = [newMasterKey()];
      if (await write(first, 0)) return first;
      const meanwhile = await readStored();
      if (meanwhile === null) throw controlErrors.vaultUnusable({ reason: 'it keeps nothing' });
      return meanwhile.keys;
    },
    async replace(before, after) {
      const stored = await readStored();
      return stored !== null && isDeepStrictEqual(stored.keys, before) && write(after, stored.version);
    },
  };
}

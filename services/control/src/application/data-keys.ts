import { randomBytes } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { controlErrors } from '../control-errors.ts';
import { KEY_BYTES, type MasterKey, type MasterKeys, seal, unseal } from './master-keys.ts';
import type { DataKey, SecretStore } from './stores.ts';

/** The key that seals what a project keeps; made at its first use. */
export async function dataKeyOf(masterKeys: MasterKeys, secrets: SecretStore, ref: string): Promise<Buffer> {
  const keys = await masterKeys.read();
  const stored =
    (await secrets.dataKey(ref)) ??
    (await secrets.addDataKey(ref, wrapDataKey(must(keys.at(-1), 'a master key'), ref, randomBytes(KEY_BYTES))));
  return unwrapDataKey(keys, ref, stored);
}

/** A copy of a project opens what was sealed for its source. */
export async function copyDataKey(
  masterKeys: MasterKeys,
  secrets: SecretStore,
  source: string,
  copy: string,
): Promise<void> {
  const stored = await secrets.dataKey(source);
  if (stored === null) return;
  const keys = await masterKeys.read();
  const key = unwrapDataKey(keys, source, stored);
  await secrets.addDataKey(copy, wrapDataKey(must(keys.at(-1), 'a master key'), copy, key));
}

export function wrapDataKey({ id, key }: MasterKey, ref: string, dataKey: Buffer): DataKey {
  return { masterKey: id, wrapped: seal(key, dataKey, `data key of ${ref}`) };
}

/** @throws {AshlarError} `control.master_key_missing`. */
export function unwrapDataKey(keys: readonly MasterKey[], ref: string, { wrapped, masterKey }: DataKey): Buffer {
  const found = keys.find(({ id }) => id === masterKey);
  if (found === undefined) throw controlErrors.masterKeyMissing({ id: masterKey });
  return unseal(found.key, wrapped, `data key of ${ref}`);
}

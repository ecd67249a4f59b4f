import { controlErrors } from '../control-errors.ts';
import { type Actor, inProject } from './authorise.ts';
import type { ControlParts } from './control-parts.ts';
import { dataKeyOf, unwrapDataKey, wrapDataKey } from './data-keys.ts';
import { newMasterKey, seal, unseal } from './master-keys.ts';
import type { SecretName } from './stores.ts';

const MAX_SECRETS = 500;

type SecretParts = Pick<ControlParts, 'inTransaction' | 'masterKeys'>;

/** Sets or replaces a secret; it is never shown again. @throws {AshlarError} those of `inProject`, `control.too_many`. */
export function setSecret(
  parts: ControlParts,
  actor: Actor,
  ref: string,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<SecretName> {
  return parts.inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'secret.set');
    const known = await stores.secrets.list(ref);
    if (known.length >= MAX_SECRETS && !known.some((secret) => secret.name === name)) {
      throw controlErrors.tooMany({ what: 'secrets', limit: MAX_SECRETS });
    }
    const key = await dataKeyOf(parts.masterKeys, stores.secrets, ref);
    const sealed = seal(key, Buffer.from(value), secretContext(ref, name));
    const written = await stores.secrets.put(ref, { name, sealed }, actor.accountId);
    const detail = { version: written.version };
    const entry = { action: 'secret.set', organisationId: null, projectRef: ref, target: name, detail };
    await stores.audit.add(entry, actor.author);
    return written;
  });
}

/** @throws {AshlarError} those of `inProject`, `control.secret_unknown`. */
export function removeSecret(parts: ControlParts, actor: Actor, ref: string, name: string): Promise<void> {
  return parts.inTransaction(async (stores) => {
    await inProject(stores, actor, ref, 'secret.remove');
    if (!(await stores.secrets.remove(ref, name))) throw controlErrors.secretUnknown({ name });
    const entry = { action: 'secret.remove', organisationId: null, projectRef: ref, target: name, detail: {} };
    await stores.audit.add(entry, actor.author);
  });
}

/** A project's secrets by name, for the services that use them; never for an answer to anybody. */
export function openSecrets(parts: SecretParts, ref: string): Promise<ReadonlyMap<string, string>> {
  return parts.inTransaction(async ({ secrets }) => {
    const sealed = await secrets.sealed(ref);
    const stored = await secrets.dataKey(ref);
    if (stored === null) return new Map();
    const key = unwrapDataKey(await parts.masterKeys.read(), ref, stored);
    return new Map(
      sealed.map(({ name, sealed: bytes }) => [name, unseal(key, bytes, secretContext(ref, name)).toString()]),
    );
  });
}

/**
 * Wraps every data key with a new master key and forgets those before. Each step leaves keys that open everything, so
 * that it can be cut off anywhere and begun again. What was sealed stays as it is.
 *
 * @returns How many data keys there are.
 * @throws {AshlarError} `control.master_key_changed` when somebody else rotates.
 */
export async function rotateMasterKey({ inTransaction, masterKeys }: SecretParts): Promise<number> {
  const before = await masterKeys.read();
  const added = newMasterKey();
  const both = [...before, added];
  if (!(await masterKeys.replace(before, both))) throw controlErrors.masterKeyChanged();
  const count = await inTransaction(async (stores) => {
    const stored = await stores.secrets.lockDataKeys();
    for (const { ref, ...key } of stored) {
      await stores.secrets.rewrap(ref, wrapDataKey(added, ref, unwrapDataKey(both, ref, key)));
    }
    const detail = { master_key: added.id, data_keys: stored.length };
    await stores.audit.add(
      { action: 'master-key.rotate', organisationId: null, projectRef: null, target: added.id, detail },
      { kind: 'system', id: null, name: 'system', address: null, requestId: null },
    );
    return stored.length;
  });
  if (!(await masterKeys.replace(both, [added]))) throw controlErrors.masterKeyChanged();
  return count;
}

const secretContext = (ref: string, name: string): string => `secret ${ref} ${name}`;

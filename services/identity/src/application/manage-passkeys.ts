import { must } from '@ashlar/kernel';
import type { Bearer } from '../domain/bearer.ts';
import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { lockFactorHolder, requireProvenSession } from './factor-holder.ts';
import { noticeFactor } from './factor-notice.ts';
import type { Passkey } from './passkey-store.ts';
import { requirePasskeys } from './register-passkey.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** @throws {AshlarError} Those of `lockFactorHolder`, `identity.passkey_disabled`. */
export function listPasskeys(parts: IdentityParts, visit: Visit, bearer: Bearer): Promise<readonly Passkey[]> {
  requirePasskeys(visit);
  return parts.inTransaction(visit, async (stores) => {
    const { user } = await lockFactorHolder(stores, bearer, parts.now());
    return stores.passkeys.list(user.id);
  });
}

/** @throws {AshlarError} Those of `lockFactorHolder`, `identity.passkey_disabled`, `identity.passkey_not_found`. */
export async function renamePasskey(
  parts: IdentityParts,
  visit: Visit,
  bearer: Bearer,
  id: string,
  friendlyName: string,
): Promise<Passkey> {
  requirePasskeys(visit);
  const now = parts.now();
  const renamed = await parts.inTransaction(visit, async (stores) => {
    const { user } = await lockFactorHolder(stores, bearer, now);
    if (!(await stores.passkeys.rename(id, user.id, friendlyName, now))) throw factorErrors.passkeyNotFound();
    await stores.audit(auditEntry('passkey_updated', user, visit.client.address, now, { passkey_id: id }));
    return must(await stores.passkeys.find(id, user.id), 'the passkey just renamed');
  });
  report(parts, visit, 'passkey-updated', bearer.userId);
  return renamed;
}

/**
 * @throws {AshlarError} Those of `lockFactorHolder`, `identity.passkey_disabled`, `identity.aal2_required`,
 *   `identity.passkey_not_found`.
 */
export async function removePasskey(parts: IdentityParts, visit: Visit, bearer: Bearer, id: string): Promise<void> {
  requirePasskeys(visit);
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const holder = await lockFactorHolder(stores, bearer, now);
    const { user } = holder;
    requireProvenSession(holder, 'AAL2 session is required to manage passkeys when MFA is enabled');
    if (!(await stores.passkeys.remove(id, user.id))) throw factorErrors.passkeyNotFound();
    await stores.audit(auditEntry('passkey_deleted', user, visit.client.address, now, { passkey_id: id }));
    await noticeFactor(stores, visit, user, 'unenrolled', 'passkey', now);
  });
  report(parts, visit, 'passkey-deleted', bearer.userId);
}

/** @throws {AshlarError} `identity.user_not_found` */
export function adminListPasskeys(parts: IdentityParts, visit: Visit, userId: string): Promise<readonly Passkey[]> {
  return parts.inTransaction(visit, async ({ users, passkeys }) => {
    if ((await users.findById(userId)) === null) throw identityErrors.userNotFound();
    return passkeys.list(userId);
  });
}

/** @throws {AshlarError} `identity.user_not_found`, `identity.passkey_not_found`. */
export async function adminDeletePasskey(
  parts: IdentityParts,
  visit: Visit,
  userId: string,
  id: string,
): Promise<void> {
  const now = parts.now();
  await parts.inTransaction(visit, async (stores) => {
    const user = await stores.users.findById(userId);
    if (user === null) throw identityErrors.userNotFound();
    if (!(await stores.passkeys.remove(id, userId))) throw factorErrors.passkeyNotFound();
    const traits = { user_id: userId, passkey_id: id };
    await stores.audit(auditEntry('passkey_deleted', SERVICE_ACTOR, visit.client.address, now, traits));
    await noticeFactor(stores, visit, user, 'unenrolled', 'passkey', now);
  });
  report(parts, visit, 'passkey-deleted', userId);
}

import { factorErrors } from '../domain/factor-errors.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { auditEntry } from './audit-entry.ts';
import type { VerificationAttempt } from './verification-hook.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/**
 * Lets the project's hook have its word on an answer to a second factor. A rejection ends every session of the user.
 *
 * @throws {AshlarError} `identity.mfa_verification_rejected`, and what the hook itself fails with.
 */
export async function consultVerificationHook(
  parts: Pick<IdentityParts, 'askVerificationHook' | 'inTransaction' | 'now' | 'observe'>,
  visit: Visit,
  attempt: VerificationAttempt,
): Promise<void> {
  const decided = await parts.askVerificationHook?.(visit, attempt);
  if (decided?.decision !== 'reject') return;
  await parts.inTransaction(visit, async (stores) => {
    const user = await stores.users.findById(attempt.userId);
    if (user === null) throw identityErrors.subjectNotFound();
    await stores.sessions.endAll(user.id, null);
    await stores.audit(auditEntry('logout', user, visit.client.address, parts.now()));
  });
  report(parts, visit, 'factor-rejected', attempt.userId);
  throw factorErrors.mfaVerificationRejected({ detail: decided.message });
}

import type { User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/** Writes down that an account gained or lost a way to sign in, and tells its owner by mail. */
export async function noteIdentityChange(
  stores: Stores,
  visit: Visit,
  user: User,
  provider: string,
  change: 'linked' | 'unlinked',
  at: Date,
): Promise<void> {
  await stores.audit(auditEntry(`identity_${change}`, user, visit.client.address, at, { provider }));
  if (user.email === null || user.emailConfirmedAt === null) return;
  await stores.outbox.add(
    {
      kind: 'mail',
      template: `identity_${change}_notification`,
      to: user.email,
      userId: user.id,
      locale: null,
      data: {
        siteUrl: visit.settings.general.siteUrl,
        email: user.email,
        metadata: user.userMetadata,
        facts: { provider },
      },
    },
    at,
  );
}

import { AshlarError } from '@ashlar/kernel';
import type { Factor, User } from '../domain/user.ts';
import type { MailKind } from '@ashlar/mail-templates';
import type { Stores } from './stores.ts';
import type { Visit } from './visit.ts';

/**
 * Tells the owner by mail that the account is proven in another way from now on. A project that is out of mails leaves
 * it at the trail: whoever uses them up must not keep people from protecting themselves.
 */
export async function noticeFactor(
  stores: Stores,
  visit: Visit,
  user: User,
  what: 'enrolled' | 'unenrolled',
  factorType: Factor['type'] | 'passkey',
  at: Date,
): Promise<void> {
  if (user.email === null) return;
  const template: MailKind = `mfa_factor_${what}_notification`;
  try {
    await stores.outbox.add(
      {
        kind: 'mail',
        template,
        to: user.email,
        userId: user.id,
        locale: null,
        data: {
          siteUrl: visit.settings.general.siteUrl,
          email: user.email,
          metadata: user.userMetadata,
          facts: { factorType },
        },
      },
      at,
    );
  } catch (error) {
    if (!(error instanceof AshlarError) || error.kind !== 'rate_limited') throw error;
  }
}

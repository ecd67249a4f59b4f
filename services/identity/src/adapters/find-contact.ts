import type { Project } from '@ashlar/service';
import { readPostgresUser } from './read-postgres-user.ts';

/** How the owner of an account can be reached, as far as they proved it to be theirs. */
export interface AccountContact {
  readonly email: string | null;
  /** E.164 digits without `+`. */
  readonly phone: string | null;
  readonly locale: string | null;
}

/** For services that write to people; null = there is no such account, or it may not sign in. */
export async function findContact(project: Project, userId: string): Promise<AccountContact | null> {
  const user = await readPostgresUser(project, userId);
  if (user === null || user.deletedAt !== null) return null;
  const { locale } = user.userMetadata;
  return {
    email: user.emailConfirmedAt === null ? null : user.email,
    phone: user.phoneConfirmedAt === null ? null : user.phone,
    locale: typeof locale === 'string' ? locale : null,
  };
}

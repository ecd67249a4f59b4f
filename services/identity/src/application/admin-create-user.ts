import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import { mergeMetadata, providersMetadata } from '../domain/metadata.ts';
import { recognisePasswordHash } from '../domain/password-hash.ts';
import { AUTHENTICATED, type Metadata, type User } from '../domain/user.ts';
import { auditEntry, SERVICE_ACTOR } from './audit-entry.ts';
import { afterUserCreated } from './hooks.ts';
import { checkNewPassword } from './new-password.ts';
import type { NewUser, OwnProvider, Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** What an administrator may say of an account; absent members keep what is there, or the default of a new one. */
export interface AdminUserInput {
  readonly id: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly password: string | null;
  /** A hash made elsewhere: bcrypt or argon2, within the bounds of `recognisePasswordHash`. */
  readonly passwordHash: string | null;
  readonly emailConfirm: boolean;
  readonly phoneConfirm: boolean;
  readonly userMetadata: Metadata;
  readonly appMetadata: Metadata;
  readonly role: string | null;
  /** Milliseconds from now; 0 lifts a ban, null leaves it. */
  readonly banDurationMs: number | null;
}

/**
 * Makes an account as an administrator wants it. The project's hook is told of it and not asked: it judges who comes by
 * themselves, and a key that may do everything is not its business.
 *
 * @throws {AshlarError} `identity.validation_failed`, `identity.email_exists`, `identity.phone_exists`,
 *   `identity.id_exists`, `identity.weak_password`, `identity.database_error`.
 */
export async function adminCreateUser(parts: IdentityParts, visit: Visit, input: AdminUserInput): Promise<User> {
  const providers: OwnProvider[] = [];
  if (input.email !== null) providers.push('email');
  if (input.phone !== null) providers.push('phone');
  if (providers.length === 0) {
    throw identityErrors.validationFailed({ detail: 'Cannot create a user without either an email or phone' });
  }
  const passwordHash = await hashOf(parts, visit, input);
  const now = parts.now();
  const candidate: NewUser = {
    id: input.id ?? randomUUID(),
    role: input.role ?? AUTHENTICATED,
    email: input.email,
    phone: input.phone,
    passwordHash,
    emailConfirmedAt: input.email !== null && input.emailConfirm ? now : null,
    phoneConfirmedAt: input.phone !== null && input.phoneConfirm ? now : null,
    bannedUntil: banEnd(input.banDurationMs, now) ?? null,
    appMetadata: mergeMetadata(providersMetadata(providers), input.appMetadata),
    userMetadata: mergeMetadata(confirmedMetadata(input), input.userMetadata),
    isAnonymous: false,
    at: now,
  };
  const user = await parts.inTransaction(visit, async (stores) => {
    if (!(await stores.users.insert(candidate))) throw await whatIsTaken(stores, candidate);
    for (const provider of providers) {
      await stores.users.saveIdentity(candidate.id, provider, identityData(candidate, provider), now);
    }
    const created = must(await stores.users.findById(candidate.id), 'the user just created');
    const traits = { user_id: created.id, user_email: created.email, user_phone: created.phone };
    await stores.audit(auditEntry('user_signedup', SERVICE_ACTOR, visit.client.address, now, traits));
    return created;
  });
  afterUserCreated(parts, visit, user);
  report(parts, visit, 'user-created', user.id);
  return user;
}

/** The hash to store: the one given, that of the password given, or null. */
export async function hashOf(parts: IdentityParts, visit: Visit, input: AdminUserInput): Promise<string | null> {
  if (input.passwordHash !== null) {
    if (input.password !== null) {
      throw identityErrors.validationFailed({ detail: 'Only a password or a password hash should be provided' });
    }
    if (recognisePasswordHash(input.passwordHash) !== null) return input.passwordHash;
    throw identityErrors.validationFailed({ detail: 'Password hash must be bcrypt, argon2i or argon2id' });
  }
  if (input.password === null) return null;
  await checkNewPassword(parts, visit, input.password);
  return parts.passwords.hash(input.password);
}

/** When a ban of this length ends; null lifts it, undefined says nothing about it. */
export function banEnd(durationMs: number | null, now: Date): Date | null | undefined {
  if (durationMs === null) return undefined;
  return durationMs === 0 ? null : new Date(now.getTime() + durationMs);
}

/** What the account's own metadata says of addresses an administrator vouches for. */
export function confirmedMetadata({ emailConfirm, phoneConfirm }: AdminUserInput): Metadata {
  return { ...(emailConfirm ? { email_verified: true } : {}), ...(phoneConfirm ? { phone_verified: true } : {}) };
}

function identityData(user: NewUser, provider: OwnProvider): Metadata {
  const verified = { email_verified: user.emailConfirmedAt !== null, phone_verified: user.phoneConfirmedAt !== null };
  return provider === 'email'
    ? { sub: user.id, email: user.email, ...verified }
    : { sub: user.id, phone: user.phone, ...verified };
}

async function whatIsTaken({ users }: Stores, candidate: NewUser): Promise<Error> {
  if (candidate.email !== null && (await users.findByEmail(candidate.email)) !== null) {
    return identityErrors.emailExists();
  }
  if (candidate.phone !== null && (await users.findByPhone(candidate.phone)) !== null) {
    return identityErrors.phoneExists();
  }
  return identityErrors.idExists();
}

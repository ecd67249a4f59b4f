import { randomUUID } from 'node:crypto';
import type { Contact } from '../domain/contact.ts';
import { mergeMetadata, providersMetadata } from '../domain/metadata.ts';
import { AUTHENTICATED, type Metadata } from '../domain/user.ts';
import type { NewUser, Stores } from './stores.ts';

export interface NewUserInput {
  readonly contact: Contact;
  /** Null for an account that signs in by codes alone. */
  readonly passwordHash: string | null;
  readonly data: Metadata;
  readonly confirmed: boolean;
  readonly at: Date;
}

/** An account that begins with one address or number. */
export function newUser({ contact, passwordHash, data, confirmed, at }: NewUserInput): NewUser {
  const id = randomUUID();
  const isEmail = contact.kind === 'email';
  const confirmedAt = confirmed ? at : null;
  return {
    id,
    role: AUTHENTICATED,
    email: isEmail ? contact.value : null,
    phone: isEmail ? null : contact.value,
    passwordHash,
    emailConfirmedAt: isEmail ? confirmedAt : null,
    phoneConfirmedAt: isEmail ? null : confirmedAt,
    bannedUntil: null,
    appMetadata: providersMetadata([contact.kind]),
    userMetadata: mergeMetadata(data, { sub: id, [contact.kind]: contact.value, ...verified(contact, confirmed) }),
    isAnonymous: false,
    at,
  };
}

/** Inserts the account with its identity; false when the address or number is taken. */
export async function insertUser(stores: Stores, user: NewUser, contact: Contact): Promise<boolean> {
  if (!(await stores.users.insert(user))) return false;
  const data = { sub: user.id, [contact.kind]: contact.value, ...verified(contact, false) };
  await stores.users.saveIdentity(user.id, contact.kind, data, user.at);
  return true;
}

function verified({ kind }: Contact, confirmed: boolean): Metadata {
  return { email_verified: kind === 'email' && confirmed, phone_verified: kind === 'phone' && confirmed };
}

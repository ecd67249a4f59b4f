import type { Contact } from '../domain/contact.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from './stores.ts';

export function findByContact({ users }: Stores, { kind, value }: Contact): Promise<User | null> {
  return kind === 'email' ? users.findByEmail(value) : users.findByPhone(value);
}

export function isConfirmed(user: User, { kind }: Contact): boolean {
  return (kind === 'email' ? user.emailConfirmedAt : user.phoneConfirmedAt) !== null;
}

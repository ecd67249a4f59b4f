import { AUTHENTICATED, type User } from '../domain/user.ts';
import type { NewUser } from './stores.ts';

/** An account as it will be, for a hook that is asked before it is made. */
export function unsavedUser(candidate: NewUser): User {
  return {
    ...candidate,
    audience: AUTHENTICATED,
    invitedAt: null,
    confirmationSentAt: null,
    recoverySentAt: null,
    newEmail: null,
    emailChangeSentAt: null,
    newPhone: null,
    phoneChangeSentAt: null,
    reauthenticationSentAt: null,
    lastSignInAt: null,
    deletedAt: null,
    createdAt: candidate.at,
    updatedAt: candidate.at,
    identities: [],
    factors: [],
    organisations: [],
  };
}

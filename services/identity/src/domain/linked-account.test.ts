import { expect, test } from 'vitest';
import type { ExternalProfile } from './external-profile.ts';
import { decideAccount } from './linked-account.ts';
import type { User } from './user.ts';

const at = new Date(0);
const account = (changes: Partial<User>): User => ({
  id: 'u',
  audience: '',
  role: '',
  email: 'a@x.org',
  phone: null,
  passwordHash: null,
  emailConfirmedAt: null,
  phoneConfirmedAt: null,
  invitedAt: null,
  confirmationSentAt: null,
  recoverySentAt: null,
  newEmail: null,
  emailChangeSentAt: null,
  newPhone: null,
  phoneChangeSentAt: null,
  reauthenticationSentAt: null,
  lastSignInAt: null,
  bannedUntil: null,
  deletedAt: null,
  createdAt: at,
  updatedAt: at,
  appMetadata: {},
  userMetadata: {},
  isAnonymous: false,
  identities: [],
  factors: [],
  organisations: [],
  ...changes,
});
const confirmed = account({ emailConfirmedAt: at });
const waiting = account({});
const profile = (email: string | null, verified = false): ExternalProfile => ({
  subject: 's',
  email: email === null ? null : { address: email, verified },
  data: {},
});

test.each([
  // profile, known, holder, emailOptional, autoconfirm, decision
  [profile('a@x.org', true), confirmed, null, false, false, 'sign-in'],
  [profile('b@x.org', false), confirmed, null, false, false, 'sign-in'],
  [profile(null), confirmed, null, false, false, 'sign-in'],
  [profile(null), account({ email: null }), null, true, false, 'sign-in'],
  [profile('a@x.org', true), waiting, null, false, false, 'take-over'],
  [profile('a@x.org', false), waiting, null, false, false, 'refuse'],
  [profile('b@x.org', true), waiting, null, false, false, 'refuse'],
  [profile('a@x.org', true), null, confirmed, false, false, 'link'],
  [profile('a@x.org', true), null, account({ phoneConfirmedAt: at }), false, false, 'link'],
  [profile('a@x.org', true), null, waiting, false, false, 'take-over'],
  [profile('a@x.org', true), null, null, false, false, 'create'],
  [profile('a@x.org', false), null, confirmed, false, false, 'refuse'],
  [profile('a@x.org', false), null, confirmed, false, true, 'refuse'],
  [profile('a@x.org', false), null, waiting, false, true, 'refuse'],
  [profile('a@x.org', false), null, null, false, false, 'refuse'],
  [profile('a@x.org', false), null, null, false, true, 'create'],
  [profile('a@x.org', false), null, confirmed, true, false, 'create'],
  [profile(null), null, null, false, true, 'refuse'],
  [profile(null), null, null, true, false, 'create'],
] as const)('%j, known %#, leads to the right account', (who, known, holder, emailOptional, autoconfirm, kind) => {
  const decision = decideAccount({ profile: who, known, holder, emailOptional, autoconfirm });
  expect(decision.kind).toBe(kind);
});

const make = (emailOptional: boolean, autoconfirm: boolean, holder: User | null) =>
  decideAccount({ profile: profile('a@x.org'), known: null, holder, emailOptional, autoconfirm });

test('an account made of an unverified address gets it only where addresses need no proof', () => {
  expect(make(true, false, null)).toEqual({ kind: 'create', email: null, confirmed: false });
  expect(make(true, true, confirmed)).toEqual({ kind: 'create', email: null, confirmed: false });
  expect(make(false, true, null)).toEqual({ kind: 'create', email: 'a@x.org', confirmed: true });
});

import { randomUUID } from 'node:crypto';
import { must } from '@ashlar/kernel';
import type { ExternalProfile } from '../domain/external-profile.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { decideAccount, type AccountDecision } from '../domain/linked-account.ts';
import { mergeMetadata, providersMetadata } from '../domain/metadata.ts';
import { AUTHENTICATED, isBanned, type Metadata, type User } from '../domain/user.ts';
import { auditEntry } from './audit-entry.ts';
import { askAboutNewcomer, type Admit } from './hooks.ts';
import { noteIdentityChange } from './note-identity-change.ts';
import type { NewUser, Stores } from './stores.ts';
import type { IdentityParts, Visit } from './visit.ts';

export interface Newcomer {
  readonly provider: string;
  readonly profile: ExternalProfile;
  readonly emailOptional: boolean;
}

export interface Settled {
  readonly user: User;
  readonly event: 'signed-up' | 'signed-in' | 'identity-linked';
}

/** The way in for somebody who has no account yet. */
export interface Entry {
  readonly id: string;
  readonly admit: Admit;
}

/**
 * Asks the project's hook about a person who would get an account. Who has one is not asked about: they proved at the
 * provider who they are, so it is no secret to them whether they have one.
 */
export async function entryOf(parts: IdentityParts, visit: Visit, newcomer: Newcomer, at: Date): Promise<Entry> {
  const id = randomUUID();
  const isAsked = visit.settings.hooks.beforeUserCreated?.enabled === true && !visit.settings.general.disableSignup;
  if (!isAsked) return { id, admit: () => undefined };
  const decision = await parts.inTransaction(visit, (stores) => decide(stores, visit, newcomer));
  if (decision.kind === 'create') {
    return { id, admit: await askAboutNewcomer(parts, visit, newUserOf(newcomer, decision, id, at)) };
  }
  return {
    id,
    // Their account vanished a moment ago, so nobody was asked about a new one.
    admit: () => {
      throw identityErrors.databaseError({ attempt: 'saving new user' });
    },
  };
}

/**
 * Finds or makes the account of a person from a provider.
 *
 * @throws {AshlarError} `identity.user_banned`, `identity.signup_disabled`, `identity.provider_email_missing`,
 *   `identity.provider_email_needs_verification`, `identity.database_error`, what `entry` throws.
 */
export async function settleExternalAccount(
  stores: Stores,
  visit: Visit,
  newcomer: Newcomer,
  entry: Entry,
  at: Date,
): Promise<Settled> {
  const { provider, profile } = newcomer;
  await stores.identities.claim(provider, profile.subject);
  let decision = await decide(stores, visit, newcomer);
  if (decision.kind === 'create' && !(await create(stores, visit, newcomer, decision, entry, at))) {
    // Somebody signed up with the address at this very moment: now there is an account to judge.
    decision = await decide(stores, visit, newcomer);
    if (decision.kind === 'create') throw identityErrors.databaseError({ attempt: 'saving new user' });
  }
  switch (decision.kind) {
    case 'create':
      return { user: await ownerOf(stores, newcomer), event: 'signed-up' };
    case 'refuse':
      throw decision.reason === 'email-missing'
        ? identityErrors.providerEmailMissing()
        : identityErrors.providerEmailNeedsVerification({ provider });
    case 'sign-in':
    case 'link':
    case 'take-over':
      return welcome(stores, visit, newcomer, decision, at);
  }
}

async function decide(stores: Stores, visit: Visit, { provider, profile, emailOptional }: Newcomer) {
  const identity = await stores.identities.find(provider, profile.subject);
  const known = identity === null ? null : await lockedUser(stores, identity.userId);
  const found = known !== null || profile.email === null ? null : await stores.users.findByEmail(profile.email.address);
  const holder = found === null ? null : await lockedUser(stores, found.id);
  const { autoconfirm } = visit.settings.email;
  return decideAccount({ profile, known, holder, emailOptional, autoconfirm });
}

/** Read again behind the lock: an account confirmed or banned a moment ago must count as such. */
async function lockedUser({ users }: Stores, id: string): Promise<User | null> {
  const [, user] = await Promise.all([users.lock(id), users.findById(id)]);
  return user;
}

type CreateDecision = Extract<AccountDecision, { kind: 'create' }>;

function newUserOf(
  { provider, profile }: Newcomer,
  { email, confirmed }: CreateDecision,
  id: string,
  at: Date,
): NewUser {
  return {
    id,
    role: AUTHENTICATED,
    email,
    phone: null,
    passwordHash: null,
    emailConfirmedAt: email !== null && confirmed ? at : null,
    phoneConfirmedAt: null,
    bannedUntil: null,
    appMetadata: providersMetadata([provider]),
    userMetadata: withoutUnprovenEmail(profile, email),
    isAnonymous: false,
    at,
  };
}

/** False when the address was taken meanwhile. */
async function create(
  stores: Stores,
  visit: Visit,
  newcomer: Newcomer,
  decision: CreateDecision,
  { id, admit }: Entry,
  at: Date,
): Promise<boolean> {
  if (visit.settings.general.disableSignup) throw identityErrors.signupDisabled();
  admit();
  const inserted = await stores.users.insert(newUserOf(newcomer, decision, id, at));
  if (!inserted) return false;
  const { provider, profile } = newcomer;
  const actor = { id, email: decision.email, phone: null };
  await Promise.all([
    stores.identities.add({ userId: id, provider, providerId: profile.subject, data: profile.data, at }),
    stores.users.markSignedIn(id, null, at),
    stores.audit(auditEntry('user_signedup', actor, visit.client.address, at, { provider })),
  ]);
  return true;
}

/** Metadata is what applications show; an address that is not the account's has no place in it. */
function withoutUnprovenEmail({ data }: ExternalProfile, email: string | null): Metadata {
  return email === null ? mergeMetadata(data, { email: null }) : data;
}

async function ownerOf(stores: Stores, { provider, profile }: Newcomer): Promise<User> {
  const identity = must(await stores.identities.find(provider, profile.subject), 'the identity just added');
  return must(await stores.users.findById(identity.userId), 'the user just signed up');
}

async function welcome(
  stores: Stores,
  visit: Visit,
  { provider, profile }: Newcomer,
  { kind, user: found }: Extract<AccountDecision, { kind: 'sign-in' | 'link' | 'take-over' }>,
  at: Date,
): Promise<Settled> {
  if (isBanned(found, at)) throw identityErrors.userBanned();
  if (kind === 'take-over') await stores.identities.dropUnproven(found.id, at);
  const identity = await stores.identities.find(provider, profile.subject);
  if (identity === null) {
    const { subject: providerId, data } = profile;
    await stores.identities.add({ userId: found.id, provider, providerId, data, at });
  } else {
    await stores.identities.refresh(identity.id, profile.data, at);
  }
  const user = must(await stores.users.findById(found.id), 'the user just locked');
  await stores.users.update(
    user.id,
    {
      ...(kind === 'take-over' ? { emailConfirmedAt: at } : {}),
      // Of an account nobody proved to be theirs, what was written about its owner is no more to be believed.
      userMetadata: kind === 'take-over' ? profile.data : mergeMetadata(user.userMetadata, profile.data),
      appMetadata: mergeMetadata(user.appMetadata, providersOf(user)),
    },
    at,
  );
  await stores.users.markSignedIn(user.id, user.passwordHash, at);
  if (kind === 'sign-in') {
    await stores.audit(auditEntry('login', user, visit.client.address, at, { provider }));
  } else {
    await noteIdentityChange(stores, visit, user, provider, 'linked', at);
  }
  return {
    user: must(await stores.users.findById(user.id), 'the user just signed in'),
    event: kind === 'sign-in' ? 'signed-in' : 'identity-linked',
  };
}

/** `app_metadata` of the account by the identities it has; the first stays the one it began with. */
export function providersOf({ identities, appMetadata }: User): Metadata {
  const providers = [...new Set(identities.map((identity) => identity.provider))];
  const began = appMetadata['provider'];
  const first = typeof began === 'string' && providers.includes(began) ? began : providers[0];
  return first === undefined ? {} : { provider: first, providers: [...new Set([first, ...providers])] };
}

import type { Metadata } from './user.ts';

/** What a provider says of the person who signed in there. */
export interface ExternalProfile {
  /** The provider's own id of the person: stable, and unique at that provider. */
  readonly subject: string;
  /** Normalised; null when the provider gave none that could be one. */
  readonly email: { readonly address: string; readonly verified: boolean } | null;
  /** Kept with the identity and laid over the account's metadata. */
  readonly data: Metadata;
}

/** The members applications read, by the names the ecosystem gives them; null and '' are left out. */
export interface ProfileFacts {
  readonly issuer: string;
  readonly subject: unknown;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly name?: unknown;
  readonly givenName?: unknown;
  readonly familyName?: unknown;
  readonly userName?: unknown;
  readonly picture?: unknown;
  readonly profile?: unknown;
  readonly locale?: unknown;
  readonly custom?: Readonly<Record<string, unknown>>;
}

const MAX_SUBJECT_LENGTH = 255;
const MAX_TEXT_LENGTH = 2048;
const MAX_CUSTOM_CLAIMS = 20;

/**
 * @param normalise Turns an address into the form accounts keep; null when it is none.
 * @returns null when the provider names nobody.
 */
export function externalProfile(
  facts: ProfileFacts,
  normalise: (email: string) => string | null,
): ExternalProfile | null {
  const subject = typeof facts.subject === 'number' ? String(facts.subject) : facts.subject;
  if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT_LENGTH) return null;
  if (storable(subject) !== subject) return null;
  const address = facts.email === null ? null : normalise(facts.email);
  const verified = address !== null && facts.emailVerified;
  const name = text(facts.name) ?? fullName(text(facts.givenName), text(facts.familyName));
  const picture = text(facts.picture);
  const userName = text(facts.userName);
  const members = {
    iss: text(facts.issuer),
    sub: subject,
    provider_id: subject,
    email: address,
    name,
    full_name: name,
    given_name: text(facts.givenName),
    family_name: text(facts.familyName),
    user_name: userName,
    preferred_username: userName,
    picture,
    avatar_url: picture,
    profile: text(facts.profile),
    locale: text(facts.locale),
    custom_claims: customClaims(facts.custom ?? {}),
  };
  const said = Object.entries(members).filter(([, value]) => value !== null);
  return {
    subject,
    email: address === null ? null : { address, verified },
    data: { ...Object.fromEntries(said), email_verified: verified, phone_verified: false },
  };
}

function fullName(given: string | null, family: string | null): string | null {
  const parts = [given, family].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(' ');
}

function customClaims(claims: Readonly<Record<string, unknown>>): Metadata | null {
  const kept = Object.entries(claims)
    .map(([key, value]): [string, unknown] => [key, typeof value === 'string' ? text(value) : value])
    .filter(([, value]) => value !== null && ['string', 'boolean', 'number'].includes(typeof value))
    .slice(0, MAX_CUSTOM_CLAIMS);
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

function text(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const clean = storable(value).trim().slice(0, MAX_TEXT_LENGTH).toWellFormed();
  return clean === '' ? null : clean;
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair. */
function storable(value: string): string {
  return value.toWellFormed().replaceAll('\0', '');
}

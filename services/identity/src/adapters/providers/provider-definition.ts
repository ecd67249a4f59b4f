import type { TokenEndpointResponse } from 'openid-client';
import type { ProfileFacts } from '../../domain/external-profile.ts';
import type { ProviderSettings } from '../../domain/settings.ts';

/** A member of somebody else's JSON, which may be anything. */
export type Json = Readonly<Record<string, unknown>>;

/** A provider that issues id tokens: everything else follows from its issuer. */
export interface OpenIdDefinition {
  readonly kind: 'openid';
  /** null: the administrator names it. */
  readonly issuer: string | null;
  readonly scopes: readonly string[];
  /** Whether the address in these claims is proven to be the person's. */
  readonly verifiesEmail: (claims: Json) => boolean;
  /** Claims worth keeping besides the common ones. */
  readonly customClaims?: readonly string[];
  /** Other spellings of the issuer in tokens. */
  readonly otherIssuers?: readonly string[];
  /** Some answer by a posted form instead of a query. */
  readonly responseMode?: 'form_post';
  /** Some do not repeat a nonce, or stumble over PKCE. */
  readonly withoutNonce?: true;
  readonly withoutPkce?: true;
}

/** A provider of plain OAuth 2: who signed in is asked at its own interface. */
export interface PlainDefinition {
  readonly kind: 'plain';
  /** @param base Of an installation of one's own, without a slash at its end; null = the public one. */
  readonly endpoints: (base: string | null) => PlainEndpoints;
  readonly scopes: readonly string[];
  readonly clientAuth: 'post' | 'basic';
  readonly withoutPkce?: true;
  /** Issuer of its id tokens, where an app on a phone gets such. */
  readonly issuer?: string;
  readonly readPerson: (api: ProviderApi) => Promise<Omit<ProfileFacts, 'issuer'>>;
}

export interface PlainEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly api: string;
}

/** What a plain provider's reader may ask. */
export interface ProviderApi {
  readonly tokens: TokenEndpointResponse;
  readonly settings: ProviderSettings;
  /**
   * One JSON document below the provider's interface, asked with the token of the person.
   *
   * @throws When the answer is not 200 with JSON.
   */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<unknown>;
}

export type ProviderDefinition = OpenIdDefinition | PlainDefinition;

export function asObject(value: unknown): Json {
  // Members are unknown either way; an array has none of the names looked for.
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Providers differ in how they write a truth. */
export function isTrue(value: unknown): boolean {
  return value === true || value === 'true' || value === 1 || value === '1';
}

interface ListedEmail {
  readonly address: unknown;
  readonly primary: unknown;
  readonly verified: unknown;
}

/** The primary address of a list, or else its first verified one. */
export function pickEmail(list: readonly ListedEmail[]): {
  readonly email: string | null;
  readonly emailVerified: boolean;
} {
  const picked = list.find(({ primary }) => isTrue(primary)) ?? list.find(({ verified }) => isTrue(verified));
  const email = asText(picked?.address);
  return { email, emailVerified: email !== null && isTrue(picked?.verified) };
}

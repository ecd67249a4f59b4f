import type { ExternalProfile } from '../domain/external-profile.ts';
import type { ProviderSettings } from '../domain/settings.ts';

/** A provider as an administrator set it up. */
export interface ConfiguredProvider {
  readonly key: string;
  readonly settings: ProviderSettings;
}

export interface AuthorizationRequest {
  readonly state: string;
  /** Where the provider sends the browser back to: the public address of this service's callback. */
  readonly callbackUrl: string;
  /** Besides those always asked for. */
  readonly scopes: readonly string[];
  /** Further parameters of the client, such as `prompt`; what this server decides is not among them. */
  readonly forwarded: Readonly<Record<string, string>>;
}

/** Where to send the browser, and what must be known when it comes back. */
export interface Authorization {
  readonly url: string;
  readonly codeVerifier: string | null;
  readonly nonce: string | null;
}

export interface ProviderAnswer {
  /** The callback's address with everything the provider added. */
  readonly callback: URL;
  readonly state: string;
  readonly codeVerifier: string | null;
  readonly nonce: string | null;
  /** What Apple posts of a person's name, once. */
  readonly person: string | null;
}

export interface ExternalSignIn {
  readonly profile: ExternalProfile;
  readonly accessToken: string;
  readonly refreshToken: string | null;
}

export interface PresentedIdToken {
  readonly idToken: string;
  /** Held against the token's `at_hash` when both are there. */
  readonly accessToken: string | null;
  /** The value whose SHA-256 in hexadecimal the token must carry; null = it must carry none. */
  readonly nonce: string | null;
}

/** The world of identity providers. No call holds a database connection. */
export interface ProviderClient {
  /** Whether the key names a provider this server can speak to. */
  supports(key: string): boolean;
  /** The key of the provider whose issuer this is, among those given; null when none is. */
  keyOfIssuer(issuer: string, configured: readonly ConfiguredProvider[]): string | null;
  /** @throws {AshlarError} `identity.provider_failed` when the issuer cannot be asked. */
  authorize(provider: ConfiguredProvider, request: AuthorizationRequest): Promise<Authorization>;
  /** @throws {AshlarError} `identity.provider_failed` when the code is not accepted or the answer not credible. */
  redeem(provider: ConfiguredProvider, answer: ProviderAnswer): Promise<ExternalSignIn>;
  /**
   * @throws {AshlarError} `identity.bad_id_token`, `identity.unexpected_audience`, `identity.nonce_mismatch`,
   *   `identity.provider_failed` when the issuer's keys cannot be had.
   */
  verifyIdToken(provider: ConfiguredProvider, presented: PresentedIdToken): Promise<ExternalProfile>;
}

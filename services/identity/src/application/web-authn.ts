import type { RelyingParty } from '../domain/relying-party.ts';

/** What is known of an authenticator's key pair. */
export interface StoredCredential {
  /** Base64url. */
  readonly id: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
}

/** A key pair just made, with what its authenticator says of itself. */
export interface NewCredential extends StoredCredential {
  readonly aaguid: string;
  readonly backupEligible: boolean;
  readonly backedUp: boolean;
}

/** Whom a credential is made for; the handle comes back with every answer of a discoverable one. */
export interface CredentialOwner {
  readonly handle: string;
  readonly name: string;
  readonly displayName: string;
}

/** How an authenticator is to be asked. */
export interface CeremonyRules {
  /** `required`: the authenticator checks its user itself, by a PIN, a finger or a face. */
  readonly userVerification: 'required' | 'preferred';
  /** Whether it keeps the account with the key, so that nobody need type a name. */
  readonly discoverable: boolean;
}

/** Options of a browser's call in their JSON form, with the challenge to remember. */
export interface Ceremony {
  readonly challenge: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** An answer of `navigator.credentials.create()`, its members still unverified. */
export interface CreationResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly clientExtensionResults: Readonly<Record<string, never>>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports: readonly string[];
  };
}

/** An answer of `navigator.credentials.get()`, its members still unverified. */
export interface AssertionResponse {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly clientExtensionResults: Readonly<Record<string, never>>;
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle: string;
  };
}

/** What an answer is held against. */
export interface Expectation {
  readonly challenge: string;
  readonly party: RelyingParty;
  readonly userVerification: CeremonyRules['userVerification'];
}

/**
 * The two ceremonies of WebAuthn.
 *
 * @see https://www.w3.org/TR/webauthn-3/#sctn-rp-operations
 */
export interface WebAuthn {
  beginCreation(
    party: RelyingParty,
    owner: CredentialOwner,
    exclude: readonly StoredCredential[],
    rules: CeremonyRules,
  ): Promise<Ceremony>;
  /** The new key pair, or null when the answer is not what was asked for. */
  finishCreation(response: CreationResponse, expected: Expectation): Promise<NewCredential | null>;
  beginAssertion(
    party: RelyingParty,
    allow: readonly StoredCredential[],
    userVerification: CeremonyRules['userVerification'],
  ): Promise<Ceremony>;
  /**
   * The authenticator's counter when the signature holds, else null. Whether the counter may be what it is, the
   * caller decides while the credential is locked.
   */
  finishAssertion(
    response: AssertionResponse,
    credential: StoredCredential,
    expected: Expectation,
  ): Promise<{ readonly counter: number } | null>;
}

/** Milliseconds in which a ceremony or a challenge must be answered. */
export const CHALLENGE_LIFE_MS = 300_000;

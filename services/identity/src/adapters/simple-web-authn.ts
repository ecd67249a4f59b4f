import type {
  AssertionResponse,
  Ceremony,
  CreationResponse,
  NewCredential,
  StoredCredential,
  WebAuthn,
} from '../application/web-authn.ts';
import { CHALLENGE_LIFE_MS } from '../application/web-authn.ts';

type Library = typeof import('@simplewebauthn/server');
type Helpers = typeof import('@simplewebauthn/server/helpers');

/** ES256, EdDSA and RS256: what authenticators have, and this runtime verifies. */
const ALGORITHMS = [-8, -7, -257];

/** WebAuthn by SimpleWebAuthn. */
export function createSimpleWebAuthn(): WebAuthn {
  return {
    async beginCreation(party, owner, exclude, rules) {
      const { generateRegistrationOptions } = await library();
      const options = await generateRegistrationOptions({
        rpID: party.id,
        rpName: party.name,
        userID: new Uint8Array(Buffer.from(owner.handle)),
        userName: owner.name,
        userDisplayName: owner.displayName,
        timeout: CHALLENGE_LIFE_MS,
        attestationType: 'none',
        excludeCredentials: exclude.map(toDescriptor),
        authenticatorSelection: {
          residentKey: rules.discoverable ? 'required' : 'discouraged',
          requireResidentKey: rules.discoverable,
          userVerification: rules.userVerification,
        },
        supportedAlgorithmIDs: ALGORITHMS,
      });
      return toCeremony(options);
    },

    async finishCreation(response, { challenge, party, userVerification }) {
      const { verifyRegistrationResponse } = await library();
      return orNull(async () => {
        const verified = await verifyRegistrationResponse({
          response: { ...response, response: await withoutAttestation(response) },
          expectedChallenge: challenge,
          expectedOrigin: [...party.origins],
          expectedRPID: party.id,
          requireUserVerification: userVerification === 'required',
          supportedAlgorithmIDs: ALGORITHMS,
        });
        if (!verified.verified) return null;
        const { credential, aaguid, credentialDeviceType, credentialBackedUp } = verified.registrationInfo;
        // The id outside of the signed part is whatever the page wrote there.
        if (credential.id !== response.id) return null;
        const created: NewCredential = {
          id: credential.id,
          publicKey: Buffer.from(credential.publicKey).toString('base64url'),
          counter: credential.counter,
          transports: response.response.transports,
          aaguid,
          backupEligible: credentialDeviceType === 'multiDevice',
          backedUp: credentialBackedUp,
        };
        return created;
      });
    },

    async beginAssertion(party, allow, userVerification) {
      const { generateAuthenticationOptions } = await library();
      const options = await generateAuthenticationOptions({
        rpID: party.id,
        timeout: CHALLENGE_LIFE_MS,
        userVerification,
        ...(allow.length === 0 ? {} : { allowCredentials: allow.map(toDescriptor) }),
      });
      return toCeremony(options);
    },

    async finishAssertion(response, credential, { challenge, party, userVerification }) {
      const { verifyAuthenticationResponse } = await library();
      return orNull(async () => {
        if (response.id !== credential.id) return null;
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: toLibrary(response),
          expectedChallenge: challenge,
          expectedOrigin: [...party.origins],
          expectedRPID: party.id,
          credential: {
            id: credential.id,
            publicKey: new Uint8Array(Buffer.from(credential.publicKey, 'base64url')),
            // The caller compares counters, while the row is locked.
            counter: -1,
          },
          requireUserVerification: userVerification === 'required',
        });
        return verified ? { counter: authenticationInfo.newCounter } : null;
      });
    },
  };
}

/** Loaded by the first ceremony: 27 MB and a third of a second, which most processes never need. */
async function library(): Promise<Library> {
  return import('@simplewebauthn/server');
}

async function helpers(): Promise<Helpers> {
  return import('@simplewebauthn/server/helpers');
}

/** The library throws for every answer it does not accept; none of its sentences is for the caller. */
async function orNull<Result>(verify: () => Promise<Result | null>): Promise<Result | null> {
  try {
    return await verify();
  } catch {
    return null;
  }
}

/**
 * The response with the attestation statement taken out, as `none` was asked for. Nothing is decided on a statement,
 * and the certificates in a forged one would send us to fetch revocation lists wherever they say.
 */
async function withoutAttestation({ response }: CreationResponse): Promise<{
  clientDataJSON: string;
  attestationObject: string;
}> {
  const { isoCBOR } = await helpers();
  const sent = isoCBOR.decodeFirst<unknown>(new Uint8Array(Buffer.from(response.attestationObject, 'base64url')));
  const authData: unknown = sent instanceof Map ? sent.get('authData') : undefined;
  if (!(authData instanceof Uint8Array)) throw new Error('The attestation object holds no authenticator data');
  const bare = isoCBOR.encode(
    new Map<string, string | Uint8Array<ArrayBuffer> | Map<string, string>>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authData)],
    ]),
  );
  return {
    clientDataJSON: response.clientDataJSON,
    attestationObject: Buffer.from(bare).toString('base64url'),
  };
}

function toLibrary(response: AssertionResponse): Parameters<Library['verifyAuthenticationResponse']>[0]['response'] {
  const { clientDataJSON, authenticatorData, signature, userHandle } = response.response;
  return {
    ...response,
    response: {
      clientDataJSON,
      authenticatorData,
      signature,
      ...(userHandle === '' ? {} : { userHandle }),
    },
  };
}

function toDescriptor({ id, transports }: StoredCredential): { id: string; transports: string[] } {
  return { id, transports: [...transports] };
}

function toCeremony(options: { readonly challenge: string }): Ceremony {
  return { challenge: options.challenge, options: { ...options } };
}

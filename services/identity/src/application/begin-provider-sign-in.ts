import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { identityErrors } from '../domain/identity-errors.ts';
import type { Bearer } from '../domain/bearer.ts';
import { authenticate } from './authenticate.ts';
import { configuredProvider } from './configured-provider.ts';
import type { Flow } from './flow-store.ts';
import type { IdentityParts, Visit } from './visit.ts';

export interface ProviderSignIn {
  readonly provider: string;
  readonly scopes: readonly string[];
  /** Parameters of the client for the provider; none that this server decides. */
  readonly forwarded: Readonly<Record<string, string>>;
  /** Held against the allow-list. */
  readonly redirectTo: string;
  readonly challenge: Flow['challenge'];
}

/** Where the browser goes, and what it must still know when it comes back. */
export interface BegunSignIn {
  readonly url: string;
  /** Names the sign-in among others of the same browser. */
  readonly id: string;
  /** Null: a verifier or a bearer binds the two ends already. */
  readonly browserSecret: string | null;
}

const STATE_BYTES = 32;
const DAY_MS = 86_400_000;

/**
 * Begins a sign-in at a provider, or the linking of an identity there to the account of `bearer`.
 *
 * In the implicit flow nothing but the browser itself ties the end to the beginning, so it gets a secret to bring along:
 * otherwise somebody could be led to the end of another's sign-in and work in the other's account unawares.
 *
 * @throws {AshlarError} `identity.validation_failed`, `identity.provider_failed`; with a bearer also
 *   `identity.manual_linking_disabled` and those of `authenticate`.
 */
export async function beginProviderSignIn(
  parts: IdentityParts,
  visit: Visit,
  wish: ProviderSignIn,
  bearer: Bearer | null,
): Promise<BegunSignIn> {
  if (bearer !== null && !visit.settings.general.manualLinkingEnabled) throw identityErrors.manualLinkingDisabled();
  const now = parts.now();
  if (bearer !== null) await parts.inTransaction(visit, (stores) => authenticate(stores, bearer, now));
  const provider = configuredProvider(parts.providers, visit.settings, wish.provider);
  const state = randomBytes(STATE_BYTES).toString('base64url');
  const { url, codeVerifier, nonce } = await parts.providers.authorize(provider, {
    state,
    callbackUrl: callbackUrl(visit),
    scopes: wish.scopes,
    forwarded: wish.forwarded,
  });
  const isBound = bearer !== null || wish.challenge !== null;
  const browserSecret = isBound ? null : randomBytes(STATE_BYTES).toString('base64url');
  const flow = {
    id: randomUUID(),
    challenge: wish.challenge,
    provider: provider.key,
    method: 'oauth',
    redirectTo: wish.redirectTo,
    linkTo: bearer?.userId ?? null,
    emailOptional: provider.settings.emailOptional,
    createdAt: now,
  };
  await parts.inTransaction(visit, async ({ flows, oauthStates }) => {
    await Promise.all([
      oauthStates.sweep(new Date(now.getTime() - DAY_MS)),
      flows.begin(flow),
      oauthStates.keep(hashState(state), {
        provider: provider.key,
        codeVerifier,
        nonce,
        browserHash: browserSecret === null ? null : hashState(browserSecret),
        flowId: flow.id,
        createdAt: now,
      }),
    ]);
  });
  return { url, id: signInId(state), browserSecret };
}

const ID_LENGTH = 16;

/** A short name of a sign-in that tells nothing of its state. */
export function signInId(state: string): string {
  return hashState(state).slice(0, ID_LENGTH);
}

export function hashState(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}

export function callbackUrl({ issuer }: Pick<Visit, 'issuer'>): string {
  return `${issuer}/callback`;
}

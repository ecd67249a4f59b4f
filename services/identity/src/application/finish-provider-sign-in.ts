import { randomBytes } from 'node:crypto';
import { AshlarError } from '@ashlar/kernel';
import { hashAuthCode } from '../domain/auth-code.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { redirectTarget } from '../domain/redirect-target.ts';
import { callbackUrl, hashState } from './begin-provider-sign-in.ts';
import { configuredProvider } from './configured-provider.ts';
import { FLOW_LIFE_MS, type Flow } from './flow-store.ts';
import { afterUserCreated } from './hooks.ts';
import { linkExternalIdentity } from './link-external-identity.ts';
import type { OAuthState } from './oauth-state-store.ts';
import { openSession } from './open-session.ts';
import type { ExternalSignIn } from './provider-client.ts';
import { renderSession, type OpenSession, type SessionDocument } from './session-document.ts';
import { entryOf, settleExternalAccount, type Settled } from './settle-external-account.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

/** What the browser brings from the provider, as it stands in the address or the posted form. */
export type CallbackParameters = URLSearchParams;

/** Where the browser goes next, and with what. */
export type CallbackResult = { readonly target: string } & (
  | {
      readonly kind: 'session';
      readonly session: SessionDocument;
      readonly providerToken: string;
      readonly providerRefreshToken: string | null;
    }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'refused'; readonly error: unknown }
);

const CODE_BYTES = 32;
/** A provider's own words are shown to the user, so they are cut. */
const MAX_DETAIL_LENGTH = 300;

/**
 * Goes on with a sign-in when its browser comes back. The state is taken away first, so of many answers with one state
 * one is heard; no connection is held while the provider is asked.
 *
 * @throws Nothing the browser should not hear of: what went wrong is a `refused` result.
 */
export async function finishProviderSignIn(
  parts: IdentityParts,
  visit: Visit,
  parameters: CallbackParameters,
  browserSecret: string | null,
): Promise<CallbackResult> {
  let target = visit.settings.general.siteUrl;
  try {
    const { state, flow } = await takeState(parts, visit, parameters.get('state') ?? '', browserSecret);
    // The list may have changed since.
    target = redirectTarget(visit.settings, flow.redirectTo);
    const external = await askProvider(parts, visit, state, parameters);
    return { target, ...(await conclude(parts, visit, flow, external)) };
  } catch (error) {
    report(parts, visit, 'provider-sign-in-refused', null);
    // A fault of ours is logged by whoever renders it; everything else is the caller's business alone.
    return { target, kind: 'refused', error };
  }
}

async function takeState(
  parts: IdentityParts,
  visit: Visit,
  text: string,
  browserSecret: string | null,
): Promise<{ readonly state: OAuthState; readonly flow: Flow }> {
  if (text === '') throw identityErrors.badOauthCallback({ detail: 'OAuth state parameter missing' });
  const taken = await parts.inTransaction(visit, async ({ oauthStates, flows }) => {
    const state = await oauthStates.take(hashState(text));
    const flow = state === null ? null : await flows.find(state.flowId);
    if (flow?.challenge === null) await oauthStates.endFlow(flow.id);
    return state === null || flow === null ? null : { state, flow };
  });
  const oldest = parts.now().getTime() - FLOW_LIFE_MS;
  if (taken === null || taken.state.createdAt.getTime() < oldest) throw identityErrors.badOauthState();
  const { browserHash } = taken.state;
  // The whole hash is compared by the digest, so timing tells nothing of the secret.
  if (browserHash !== null && (browserSecret === null || hashState(browserSecret) !== browserHash)) {
    throw identityErrors.badOauthState();
  }
  return taken;
}

function askProvider(
  parts: IdentityParts,
  visit: Visit,
  { provider, codeVerifier, nonce }: OAuthState,
  parameters: CallbackParameters,
): Promise<ExternalSignIn> {
  const refusal = parameters.get('error');
  if (refusal !== null) {
    const detail = parameters.get('error_description') ?? refusal;
    throw identityErrors.providerRefused({ detail: detail.slice(0, MAX_DETAIL_LENGTH).toWellFormed() });
  }
  if (!parameters.has('code')) throw identityErrors.badOauthCallback({ detail: 'OAuth code parameter missing' });
  const callback = new URL(callbackUrl(visit));
  for (const name of ['code', 'state', 'iss']) {
    for (const value of parameters.getAll(name)) callback.searchParams.append(name, value);
  }
  return parts.providers.redeem(configuredProvider(parts.providers, visit.settings, provider), {
    callback,
    state: parameters.get('state') ?? '',
    codeVerifier,
    nonce,
    person: parameters.get('user'),
  });
}

type Conclusion =
  | Omit<Extract<CallbackResult, { kind: 'session' }>, 'target'>
  | Omit<Extract<CallbackResult, { kind: 'code' }>, 'target'>;

async function conclude(
  parts: IdentityParts,
  visit: Visit,
  flow: Flow,
  { profile, accessToken, refreshToken }: ExternalSignIn,
): Promise<Conclusion> {
  const at = parts.now();
  const settle = await settlementOf(parts, visit, flow, profile, at);
  const { opened, code, settled } = await parts.inTransaction(visit, async (stores) => {
    const account = await settle(stores);
    if (flow.challenge === null) {
      const session = await openSession(stores, visit, account.user.id, flow.method, at);
      return { opened: { ...session, user: account.user } satisfies OpenSession, code: null, settled: account };
    }
    const secret = randomBytes(CODE_BYTES).toString('base64url');
    const issued = await stores.flows.issueCode(flow.id, {
      userId: account.user.id,
      codeHash: hashAuthCode(secret),
      providerToken: accessToken,
      providerRefreshToken: refreshToken,
      at,
    });
    if (!issued) throw identityErrors.badOauthState();
    return { opened: null, code: secret, settled: account };
  });
  if (settled.event === 'signed-up') afterUserCreated(parts, visit, settled.user);
  report(parts, visit, settled.event, settled.user.id);
  if (opened === null) return { kind: 'code', code };
  return {
    kind: 'session',
    session: await renderSession(parts, visit, opened),
    providerToken: accessToken,
    providerRefreshToken: refreshToken,
  };
}

/** How the transaction of the sign-in comes to an account; the project's hook is asked before it begins. */
async function settlementOf(
  parts: IdentityParts,
  visit: Visit,
  { provider, emailOptional, linkTo }: Flow,
  profile: ExternalSignIn['profile'],
  at: Date,
): Promise<(stores: Stores) => Promise<Settled>> {
  if (linkTo !== null) {
    return async (stores) => ({
      user: await linkExternalIdentity(stores, visit, linkTo, provider, profile, at),
      event: 'identity-linked',
    });
  }
  const newcomer = { provider, profile, emailOptional };
  const entry = await entryOf(parts, visit, newcomer, at);
  return (stores) => settleExternalAccount(stores, visit, newcomer, entry, at);
}

/** Whether a refusal is a fault somebody must look into, as opposed to an answer. */
export function isFault(error: unknown): boolean {
  return !(error instanceof AshlarError) || error.kind === 'internal' || error.cause !== undefined;
}

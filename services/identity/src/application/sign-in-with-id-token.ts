import { must } from '@ashlar/kernel';
import type { Bearer } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { authenticate } from './authenticate.ts';
import { configuredProvider, enabledProviders } from './configured-provider.ts';
import { afterUserCreated } from './hooks.ts';
import { linkExternalIdentity } from './link-external-identity.ts';
import { openSession } from './open-session.ts';
import type { ConfiguredProvider } from './provider-client.ts';
import { renderSession, type SessionDocument } from './session-document.ts';
import { entryOf, settleExternalAccount, type Settled } from './settle-external-account.ts';
import type { Stores } from './stores.ts';
import { report, type IdentityParts, type Visit } from './visit.ts';

export interface IdTokenSignIn {
  /** Key of the provider, or '' when the issuer says it. */
  readonly provider: string;
  readonly issuer: string;
  readonly idToken: string;
  readonly accessToken: string | null;
  readonly nonce: string | null;
}

/**
 * Opens a session for a token an application got from the provider by itself, as apps on phones do. With a bearer the
 * identity is linked to its account instead.
 *
 * @throws {AshlarError} `identity.validation_failed`, `identity.provider_disabled`, `identity.bad_id_token`,
 *   `identity.unexpected_audience`, `identity.nonce_mismatch`, `identity.provider_failed`, and those of
 *   `settleExternalAccount` or `linkExternalIdentity`.
 */
export async function signInWithIdToken(
  parts: IdentityParts,
  visit: Visit,
  attempt: IdTokenSignIn,
  bearer: Bearer | null,
): Promise<SessionDocument> {
  if (bearer !== null && !visit.settings.general.manualLinkingEnabled) throw identityErrors.manualLinkingDisabled();
  const { key, settings } = providerOf(parts, visit, attempt);
  const profile = await parts.providers.verifyIdToken({ key, settings }, attempt);
  const at = parts.now();
  const newcomer = { provider: key, profile, emailOptional: settings.emailOptional };
  const entry = bearer === null ? await entryOf(parts, visit, newcomer, at) : null;
  const settle = async (stores: Stores): Promise<Settled> => {
    if (entry !== null) return settleExternalAccount(stores, visit, newcomer, entry, at);
    const { id } = await authenticate(stores, must(bearer, 'who links'), at);
    return { event: 'identity-linked', user: await linkExternalIdentity(stores, visit, id, key, profile, at) };
  };
  const { opened, event } = await parts.inTransaction(visit, async (stores) => {
    const settled = await settle(stores);
    const session = await openSession(stores, visit, settled.user.id, 'oauth', at);
    return { opened: { ...session, user: settled.user }, event: settled.event };
  });
  if (event === 'signed-up') afterUserCreated(parts, visit, opened.user);
  report(parts, visit, event, opened.user.id);
  return renderSession(parts, visit, opened);
}

function providerOf(
  { providers }: IdentityParts,
  { settings }: Visit,
  { provider, issuer }: IdTokenSignIn,
): ConfiguredProvider {
  if (provider !== '' && URL.canParse(provider) && !provider.startsWith('custom:')) {
    return byIssuer(provider);
  }
  if (provider !== '') {
    const enabled = Object.hasOwn(settings.providers, provider) && settings.providers[provider]?.enabled === true;
    if (!enabled) throw identityErrors.providerDisabled({ provider });
    return configuredProvider(providers, settings, provider);
  }
  if (issuer === '') throw identityErrors.validationFailed({ detail: 'provider or issuer required' });
  return byIssuer(issuer);

  function byIssuer(address: string): ConfiguredProvider {
    const key = providers.keyOfIssuer(address, enabledProviders(providers, settings));
    if (key === null) throw identityErrors.providerDisabled({ provider: `(issuer "${address.slice(0, 200)}")` });
    return configuredProvider(providers, settings, key);
  }
}

import { createHash } from 'node:crypto';
import { AshlarError } from '@ashlar/kernel';
import { outboundFetch, type Outbound } from '@ashlar/outbound';
import type { JWTVerifyGetKey } from 'jose';
import type * as client from 'openid-client';
import type {
  Authorization,
  AuthorizationRequest,
  ConfiguredProvider,
  ExternalSignIn,
  ProviderAnswer,
  ProviderClient,
} from '../../application/provider-client.ts';
import type { ExternalProfile } from '../../domain/external-profile.ts';
import { identityErrors } from '../../domain/identity-errors.ts';
import { isCustomProvider } from '../../domain/provider-keys.ts';
import { rememberDiscovery } from './discovery-cache.ts';
import { createIssuerKeys } from './issuer-keys.ts';
import { loadOpenId } from './load-openid.ts';
import { customOpenId, openIdProviders } from './openid-providers.ts';
import { personOf } from './openid-person.ts';
import { plainProviders } from './plain-providers.ts';
import type { OpenIdDefinition, PlainDefinition, ProviderDefinition } from './provider-definition.ts';
import { plainConfiguration, readPlainPerson } from './plain-person.ts';
import { discover } from './discover.ts';
import { verifyIdToken } from './verify-id-token.ts';

export interface ProviderClientOptions {
  readonly outbound: Outbound;
  readonly now: () => Date;
}

/** No document of a provider comes near this. */
const MAX_ANSWER_BYTES = 262_144;
const ANSWER_WITHIN_MS = 8_000;

/** Speaks to identity providers through a certified client library and the guarded outbound client. */
export function createOpenIdProviderClient({ outbound, now }: ProviderClientOptions): ProviderClient {
  const get = outboundFetch(outbound, { maxBytes: MAX_ANSWER_BYTES, timeoutMs: ANSWER_WITHIN_MS });
  const ask = rememberDiscovery(get, now);
  const keysOf = createIssuerKeys(get);

  const configure = (provider: ConfiguredProvider): Promise<client.Configuration> => {
    const definition = definitionOf(provider);
    return definition.kind === 'openid'
      ? discover(provider, definition, ask)
      : plainConfiguration(provider, definition, get);
  };

  return {
    supports: (key) => isCustomProvider(key) || key in openIdProviders || key in plainProviders,

    keyOfIssuer: (issuer, configured) =>
      configured.find((provider) => issuersOf(provider).includes(issuer))?.key ?? null,

    authorize: (provider, request) =>
      guarded(provider, NOTHING, async () =>
        authorize(await configure(provider), definitionOf(provider), provider, request),
      ),

    redeem: (provider, answer) =>
      guarded(provider, NOTHING, async () => {
        const definition = definitionOf(provider);
        const config = await configure(provider);
        const tokens = await exchange(config, definition, answer);
        const profile =
          definition.kind === 'openid'
            ? await readOpenId(config, definition, provider, tokens, answer)
            : await readPlainPerson(definition, provider, tokens, get);
        return toSignIn(profile, tokens);
      }),

    verifyIdToken: (provider, { idToken, accessToken, nonce }) =>
      guarded(provider, TOKEN_REFUSALS, async () => {
        const definition = idTokenDefinition(provider);
        const config = await discover(provider, definition, ask);
        const wanted = nonce === null ? null : createHash('sha256').update(nonce).digest('hex');
        return verified(config, definition, provider, idToken, {
          nonce: provider.settings.skipNonceCheck ? undefined : wanted,
          accessToken,
        });
      }),
  };

  async function readOpenId(
    config: client.Configuration,
    definition: OpenIdDefinition,
    provider: ConfiguredProvider,
    tokens: client.TokenEndpointResponse,
    { nonce, person }: ProviderAnswer,
  ): Promise<ExternalProfile> {
    const profile = await verified(config, definition, provider, tokens.id_token ?? '', {
      nonce: nonce ?? undefined,
      accessToken: tokens.access_token,
      person,
    });
    if (profile.email !== null || config.serverMetadata().userinfo_endpoint === undefined) return profile;
    // Some keep the address out of the token.
    const { fetchUserInfo } = await loadOpenId();
    const info = await fetchUserInfo(config, tokens.access_token, profile.subject);
    return requirePerson(provider, personOf(info, definition, config, person));
  }

  async function verified(
    config: client.Configuration,
    definition: OpenIdDefinition,
    provider: ConfiguredProvider,
    idToken: string,
    checks: { nonce: string | null | undefined; accessToken: string | null; person?: string | null },
  ): Promise<ExternalProfile> {
    const { issuer, jwks_uri: jwksUri } = config.serverMetadata();
    if (jwksUri === undefined) throw new Error(`${issuer} names no keys`);
    const keys: JWTVerifyGetKey = keysOf(jwksUri);
    const { clientId, additionalClientIds } = provider.settings;
    const claims = await verifyIdToken(idToken, {
      issuer,
      otherIssuers: definition.otherIssuers ?? [],
      audiences: [clientId, ...additionalClientIds],
      keys,
      nonce: checks.nonce,
      accessToken: checks.accessToken,
      now: now(),
    });
    return requirePerson(provider, personOf(claims, definition, config, checks.person ?? null));
  }
}

async function authorize(
  config: client.Configuration,
  definition: ProviderDefinition,
  { settings }: ConfiguredProvider,
  { state, callbackUrl, scopes, forwarded }: AuthorizationRequest,
): Promise<Authorization> {
  const openid = await loadOpenId();
  const isOpenId = definition.kind === 'openid';
  const nonce =
    isOpenId && definition.withoutNonce === undefined && !settings.skipNonceCheck ? openid.randomNonce() : null;
  const codeVerifier = definition.withoutPkce === undefined ? openid.randomPKCECodeVerifier() : null;
  const asked = new Set([...definition.scopes, ...settings.scopes, ...scopes]);
  const parameters = new URLSearchParams({
    // First, so that whatever this server decides stands.
    ...forwarded,
    redirect_uri: callbackUrl,
    state,
    ...(asked.size === 0 ? {} : { scope: [...asked].join(' ') }),
    ...(nonce === null ? {} : { nonce }),
    ...(isOpenId && definition.responseMode !== undefined ? { response_mode: definition.responseMode } : {}),
  });
  if (codeVerifier !== null) {
    parameters.set('code_challenge', await openid.calculatePKCECodeChallenge(codeVerifier));
    parameters.set('code_challenge_method', 'S256');
  }
  const url = openid.buildAuthorizationUrl(config, parameters);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error('The authorization endpoint is no web page');
  return { url: url.href, codeVerifier, nonce };
}

async function exchange(
  config: client.Configuration,
  definition: ProviderDefinition,
  { callback, state, codeVerifier, nonce }: ProviderAnswer,
): Promise<client.TokenEndpointResponse> {
  if (definition.kind === 'plain') forgetOwnIssuer(config, callback);
  const { authorizationCodeGrant } = await loadOpenId();
  return authorizationCodeGrant(config, callback, {
    expectedState: state,
    idTokenExpected: definition.kind === 'openid',
    ...(codeVerifier === null ? {} : { pkceCodeVerifier: codeVerifier }),
    ...(nonce === null ? {} : { expectedNonce: nonce }),
  });
}

/**
 * A provider that publishes no metadata may still name itself in its answer, by whatever path. The name is compared as
 * far as it is known: an answer of another host stays, and the library refuses it.
 */
function forgetOwnIssuer(config: client.Configuration, callback: URL): void {
  const named = callback.searchParams.getAll('iss');
  const { issuer } = config.serverMetadata();
  if (named.every((name) => URL.parse(name)?.origin === issuer)) callback.searchParams.delete('iss');
}

function definitionOf({ key }: ConfiguredProvider): ProviderDefinition {
  const definition: ProviderDefinition | undefined = isCustomProvider(key)
    ? customOpenId
    : (openIdProviders[key] ?? plainProviders[key]);
  if (definition === undefined) throw identityErrors.providerDisabled({ provider: key });
  return definition;
}

/** Phone apps of some plain providers get id tokens too. */
function idTokenDefinition(provider: ConfiguredProvider): OpenIdDefinition {
  const definition = definitionOf(provider);
  if (definition.kind === 'openid') return definition;
  if (definition.issuer === undefined) throw identityErrors.providerDisabled({ provider: provider.key });
  // Both give only addresses their owners confirmed.
  return { ...customOpenId, issuer: definition.issuer, verifiesEmail: () => true };
}

function issuersOf(provider: ConfiguredProvider): readonly string[] {
  const definition: OpenIdDefinition | PlainDefinition = definitionOf(provider);
  const others = definition.kind === 'openid' ? (definition.otherIssuers ?? []) : [];
  return [provider.settings.issuer ?? definition.issuer, ...others].filter((issuer) => typeof issuer === 'string');
}

function toSignIn(profile: ExternalProfile, tokens: client.TokenEndpointResponse): ExternalSignIn {
  return { profile, accessToken: tokens.access_token, refreshToken: tokens.refresh_token ?? null };
}

function requirePerson({ key }: ConfiguredProvider, profile: ExternalProfile | null): ExternalProfile {
  if (profile === null) throw identityErrors.providerFailed({ provider: key });
  return profile;
}

/** What an application that brings a token by itself is told of it. */
const TOKEN_REFUSALS: ReadonlySet<string> = new Set([
  'identity.bad_id_token',
  'identity.nonce_mismatch',
  'identity.provider_disabled',
  'identity.unexpected_audience',
]);
const NOTHING: ReadonlySet<string> = new Set();

/** Whatever a provider does wrong is one error to the caller, but for what is told; the rest stays in its cause. */
async function guarded<Result>(
  { key }: ConfiguredProvider,
  told: ReadonlySet<string>,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AshlarError && told.has(error.code)) throw error;
    throw identityErrors.providerFailed({ provider: key }, { cause: error });
  }
}

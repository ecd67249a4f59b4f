import type { OutboundFetch } from '@ashlar/outbound';
import type * as client from 'openid-client';
import type { ConfiguredProvider } from '../../application/provider-client.ts';
import { normaliseEmail } from '@ashlar/delivery';
import { externalProfile, type ExternalProfile } from '../../domain/external-profile.ts';
import { identityErrors } from '../../domain/identity-errors.ts';
import { loadOpenId } from './load-openid.ts';
import { asObject, type PlainDefinition, type PlainEndpoints } from './provider-definition.ts';

/** Some refuse whoever does not introduce himself. */
const USER_AGENT = 'ashlar';
const TIMEOUT_SECONDS = 10;

/** The client's view of a provider that publishes no metadata. */
export async function plainConfiguration(
  { settings }: ConfiguredProvider,
  definition: PlainDefinition,
  ask: OutboundFetch,
): Promise<client.Configuration> {
  const openid = await loadOpenId();
  const { authorization, token } = endpointsOf(definition, settings.issuer);
  const { clientSecret } = settings;
  const auth = definition.clientAuth === 'basic' ? openid.ClientSecretBasic : openid.ClientSecretPost;
  const config = new openid.Configuration(
    { issuer: new URL(authorization).origin, authorization_endpoint: authorization, token_endpoint: token },
    settings.clientId,
    undefined,
    clientSecret === '' ? openid.None() : auth(clientSecret),
  );
  config[openid.customFetch] = async (url, options) => mend(await ask(url, options));
  config.timeout = TIMEOUT_SECONDS;
  // Only the outbound client's allow-list lets an address without TLS be asked at all.
  if (token.startsWith('http:')) openid.allowInsecureRequests(config);
  return config;
}

/** @throws When the provider's interface does not answer as documented. */
export async function readPlainPerson(
  definition: PlainDefinition,
  { key, settings }: ConfiguredProvider,
  tokens: client.TokenEndpointResponse,
  ask: OutboundFetch,
): Promise<ExternalProfile> {
  const { api } = endpointsOf(definition, settings.issuer);
  const facts = await definition.readPerson({
    tokens,
    settings,
    async get(path, headers = {}) {
      const response = await ask(`${api}${path}`, {
        method: 'GET',
        headers: {
          accept: 'application/json',
          'user-agent': USER_AGENT,
          authorization: `Bearer ${tokens.access_token}`,
          ...headers,
        },
      });
      if (response.status !== 200)
        throw new Error(`${new URL(api).host} answered ${response.status} to ${path.split('?', 1)[0]}`);
      return response.json();
    },
  });
  const profile = externalProfile({ ...facts, issuer: api }, normaliseEmail);
  if (profile === null) throw identityErrors.providerFailed({ provider: key });
  return profile;
}

function endpointsOf(definition: PlainDefinition, issuer: string | null): PlainEndpoints {
  return definition.endpoints(issuer?.replace(/\/+$/, '') ?? null);
}

/** Some leave out the type of a token or list its scopes, against RFC 6749; the client library minds. */
async function mend(response: Response): Promise<Response> {
  if (response.status !== 200) return response;
  const answer = asObject(await response.json());
  const { scope } = answer;
  const mended = {
    ...answer,
    token_type: answer['token_type'] ?? 'bearer',
    ...(Array.isArray(scope) ? { scope: scope.join(' ') } : {}),
  };
  return Response.json(mended);
}

import type { OutboundFetch } from '@ashlar/outbound';
import type * as client from 'openid-client';
import type { ConfiguredProvider } from '../../application/provider-client.ts';
import { clientSecretOf } from './client-secret.ts';
import { loadOpenId, type OpenId } from './load-openid.ts';
import type { OpenIdDefinition } from './provider-definition.ts';

const TIMEOUT_SECONDS = 10;

/** Learns an issuer's endpoints from the issuer itself. Clear text is spoken only when its own address says so. */
export async function discover(
  { key, settings }: ConfiguredProvider,
  definition: OpenIdDefinition,
  ask: OutboundFetch,
): Promise<client.Configuration> {
  const issuer = settings.issuer ?? definition.issuer;
  if (issuer === null) throw new Error(`The provider ${key} needs the address of its issuer`);
  const openid = await loadOpenId();
  const server = new URL(issuer);
  const secret = await clientSecretOf(key, settings);
  return openid.discovery(server, settings.clientId, undefined, clientAuth(openid, secret), {
    [openid.customFetch]: (url, options) => ask(url, options),
    timeout: TIMEOUT_SECONDS,
    // Only the outbound client's allow-list lets an address without TLS be asked at all.
    ...(server.protocol === 'http:' ? { execute: [openid.allowInsecureRequests] } : {}),
  });
}

/** The form body when the issuer takes it, else the header, which is what silence means. */
function clientAuth(openid: OpenId, secret: string): client.ClientAuth {
  if (secret === '') return openid.None();
  const [post, basic] = [openid.ClientSecretPost(secret), openid.ClientSecretBasic(secret)];
  return (server, metadata, body, headers) => {
    const offered = server.token_endpoint_auth_methods_supported ?? [];
    (offered.includes('client_secret_post') ? post : basic)(server, metadata, body, headers);
  };
}

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** Somebody with an account at the issuer. */
export interface Person {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly picture?: string;
}

/** A certified OpenID provider on a free port, with a page to sign in and one to consent. */
export interface OidcIssuer extends AsyncDisposable {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** By `sub`; sign in by posting it as `login`. */
  readonly people: Map<string, Person>;
  /** From now on it signs with another key, and shows only that. */
  rotateKeys(): void;
  close(): Promise<void>;
}

/** @param redirectUris Where clients may be sent back to. */
export async function startOidcIssuer(redirectUris: readonly string[]): Promise<OidcIssuer> {
  const people = new Map<string, Person>();
  const [clientId, clientSecret] = [randomUUID(), randomBytes(32).toString('base64url')];
  let provider: Provider | undefined;
  const server = createServer((request, response) => {
    if (provider === undefined) return void response.writeHead(503).end();
    if (request.url?.startsWith('/interaction/') === true) {
      interact(provider, request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    } else {
      provider.callback()(request, response);
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A listening TCP server has an address of this form.
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;

  const rotateKeys = (): void => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), alg: 'ES256', use: 'sig' };
    provider = new Provider(issuer, {
      clients: [
        {
          client_id: clientId,
          client_secret: clientSecret,
          redirect_uris: redirectUris,
          id_token_signed_response_alg: 'ES256',
        },
      ],
      jwks: { keys: [key] },
      cookies: { keys: [randomBytes(16).toString('hex')] },
      claims: { email: ['email', 'email_verified'], profile: ['name', 'picture'] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_context: unknown, sub: string) => ({ accountId: sub, claims: () => people.get(sub) ?? { sub } }),
      ttl: { Interaction: 600, Session: 600, Grant: 600, AuthorizationCode: 60, AccessToken: 600, IdToken: 600 },
    });
  };
  rotateKeys();
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return { issuer, clientId, clientSecret, people, rotateKeys, close, [Symbol.asyncDispose]: close };
}

async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('content-type', 'text/html');
    response.end(`<form method="post" action="${request.url}" data-prompt="${prompt.name}"></form>`);
    return;
  }
  const form = new URLSearchParams(await readText(request));
  if (form.has('cancel')) {
    const result = { error: 'access_denied', error_description: 'The person said no' };
    await provider.interactionFinished(request, response, result);
  } else if (prompt.name === 'login') {
    await provider.interactionFinished(request, response, { login: { accountId: form.get('login') } });
  } else {
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) });
    grant.addOIDCScope(String(params['scope']));
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export interface Walk {
  /** Who signs in; null cancels. */
  readonly login: string | null;
  /** The walk ends at the first address that begins so. */
  readonly until: string;
  /** Of an earlier walk in the same browser. */
  readonly cookies?: Map<string, string>;
}

const MAX_STEPS = 20;

/**
 * Walks from page to page as a browser does, with cookies, signing in and consenting on the issuer's pages.
 *
 * @returns The address it ended at, not visited.
 * @throws When it gets nowhere.
 */
export async function walk(start: string, { login, until, cookies = new Map() }: Walk): Promise<string> {
  let url = start;
  let form: URLSearchParams | null = null;
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if (url.startsWith(until)) return url;
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === null ? {} : { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get('location');
    const page = await response.text();
    const [, action] = /action="([^"]+)"/.exec(page) ?? [];
    if (location === null && action === undefined) {
      throw new Error(`The walk ended at ${url} with ${response.status}: ${page.slice(0, 500)}`);
    }
    form = location === null ? new URLSearchParams(login === null ? { cancel: 'yes' } : { login }) : null;
    url = new URL(location ?? action ?? '', url).href;
  }
  throw new Error(`The walk from ${start} leads nowhere; its last address is ${url}`);
}

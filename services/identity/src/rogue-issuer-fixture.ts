import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** An issuer that says whatever a test wants, on a free port. */
export interface RogueIssuer {
  readonly issuer: string;
  /** Requests so far, by path. */
  readonly asked: string[];
  /** A code for this authorization request, and what it will be answered with. */
  code(authorizationUrl: string, script?: Script): string;
  /** Signs claims with the issuer's key; standard ones are filled in unless given. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  rotate(): Promise<void>;
  /** Answers a path by itself instead of as usual; null = as usual again. */
  answer(path: string, handler: ((request: IncomingMessage, response: ServerResponse) => void) | null): void;
  close(): void;
}

/** How a code is answered: claims of the id token besides the usual ones, or the whole answer. */
export interface Script {
  readonly claims?: Record<string, unknown>;
  readonly idToken?: string;
  readonly extra?: Record<string, unknown>;
}

export async function startRogueIssuer(clientId: string): Promise<RogueIssuer> {
  const asked: string[] = [];
  const scripts = new Map<string, { nonce: string | null; script: Script }>();
  const handlers = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  let key = await makeKey();
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    asked.push(path);
    const handler = handlers.get(path);
    if (handler === undefined) void usual(path, request, response);
    else handler(request, response);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  // A listening TCP server has an address of this form.
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const sign: RogueIssuer['sign'] = (claims, header = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const usualClaims = { iss: issuer, aud: clientId, iat: now, exp: now + 300, sub: 'person-1' };
    const filled = Object.entries({ ...usualClaims, ...claims }).filter(([, value]) => value !== undefined);
    return new SignJWT(Object.fromEntries(filled))
      .setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header })
      .sign(key.privateKey);
  };

  async function usual(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (path === '/.well-known/openid-configuration') {
      return json(response, {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['ES256'],
        token_endpoint_auth_methods_supported: ['client_secret_post'],
      });
    }
    if (path === '/jwks') return json(response, { keys: [key.publicJwk] });
    if (path !== '/token') return void response.writeHead(404).end();
    const form = new URLSearchParams(await text(request));
    const code = form.get('code') ?? '';
    const known = scripts.get(code);
    if (known === undefined) return json(response, { error: 'invalid_grant' }, 400);
    scripts.delete(code);
    const { nonce, script } = known;
    json(response, {
      access_token: `access-${code}`,
      refresh_token: `refresh-${code}`,
      token_type: 'Bearer',
      expires_in: 300,
      id_token: script.idToken ?? (await sign({ nonce: nonce ?? undefined, ...script.claims })),
      ...script.extra,
    });
  }

  return {
    issuer,
    asked,
    code(authorizationUrl, script = {}) {
      const code = randomUUID();
      scripts.set(code, { nonce: new URL(authorizationUrl).searchParams.get('nonce'), script });
      return code;
    },
    sign,
    async rotate() {
      key = await makeKey();
    },
    answer(path, handler) {
      if (handler === null) handlers.delete(path);
      else handlers.set(path, handler);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function makeKey(): Promise<{ readonly kid: string; readonly privateKey: CryptoKey; readonly publicJwk: JWK }> {
  const kid = randomUUID();
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

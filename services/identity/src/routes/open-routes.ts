import type { ProjectKeys } from '@ashlar/service';
import type { FastifyInstance } from 'fastify';
import { calculateJwkThumbprint, type JWK } from 'jose';

/** The version of GoTrue whose behaviour this service follows; clients show it and nothing else. */
const DIALECT_VERSION = 'v2.189.0';
/** Clients keep the key set as long; a rotation publishes the new key this long before signing with it. */
const JWKS_MAX_AGE_SECONDS = 600;
/** Everything public of RSA, elliptic-curve and Edwards keys: private members are not copied, whatever they are called. */
const PUBLIC_MEMBERS = ['kty', 'alg', 'n', 'e', 'crv', 'x', 'y'] as const;

/** What anybody may read without a key. */
export function addOpenRoutes(app: FastifyInstance): void {
  app.get('/health', () => ({
    version: DIALECT_VERSION,
    name: 'GoTrue',
    description: 'Accounts and sessions, in the dialect of GoTrue',
  }));

  app.get('/.well-known/jwks.json', async (request, reply) => {
    reply.header('cache-control', `public, max-age=${JWKS_MAX_AGE_SECONDS}`);
    return { keys: await publicKeys(request.ashlar.project.keys) };
  });
}

async function publicKeys({ verifyKeys }: ProjectKeys): Promise<readonly JWK[]> {
  const asymmetric = verifyKeys.filter(({ kty }) => kty !== 'oct');
  return Promise.all(asymmetric.map(toPublicKey));
}

async function toPublicKey(key: JWK): Promise<JWK> {
  const members = PUBLIC_MEMBERS.flatMap((name) => (key[name] === undefined ? [] : [[name, key[name]] as const]));
  return {
    ...Object.fromEntries(members),
    kid: key.kid ?? (await calculateJwkThumbprint(key)),
    use: 'sig',
    key_ops: ['verify'],
  };
}

import type { ProjectKeys } from '@ashlar/service';
import { importJWK, SignJWT, type CryptoKey, type JWTHeaderParameters } from 'jose';
import type { SignToken } from '../application/visit.ts';

interface SigningKey {
  readonly key: CryptoKey | Uint8Array;
  readonly header: JWTHeaderParameters;
}

/** Signs with the project's private key when it has one, otherwise HS256 with its secret. */
export function createJoseTokenSigner(): SignToken {
  // Importing a key costs more than signing with it; keys that changed are another object.
  const imported = new WeakMap<ProjectKeys, Promise<SigningKey>>();
  return async (project, claims) => {
    let signing = imported.get(project.keys);
    if (signing === undefined) {
      signing = importSigningKey(project.keys);
      imported.set(project.keys, signing);
    }
    const { key, header } = await signing;
    return new SignJWT(claims).setProtectedHeader(header).sign(key);
  };
}

async function importSigningKey({ signingKey, jwtSecret }: ProjectKeys): Promise<SigningKey> {
  if (signingKey === null) {
    return { key: new TextEncoder().encode(jwtSecret), header: { alg: 'HS256', typ: 'JWT' } };
  }
  const alg = signingKey.alg ?? (signingKey.kty === 'EC' ? 'ES256' : 'RS256');
  const { kid } = signingKey;
  return {
    key: await importJWK(signingKey, alg),
    header: { alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) },
  };
}

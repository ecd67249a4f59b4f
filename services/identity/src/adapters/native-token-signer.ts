import { createHmac, createPrivateKey, createSecretKey, sign, type KeyObject } from 'node:crypto';
import type { ProjectKeys } from '@ashlar/service';
import type { SignToken } from '../application/visit.ts';

interface SigningKey {
  /** The encoded header, with its dot. */
  readonly head: string;
  readonly signature: (signed: Buffer) => Buffer;
}

/**
 * Signs with the project's private key when it has one, otherwise HS256 with its secret. In place instead of on a
 * thread: an ES256 signature takes less than the way to a thread and back, of which there are four, busy with hashes.
 */
export function createNativeTokenSigner(): SignToken {
  // Importing a key costs more than signing with it; keys that changed are another object.
  const imported = new WeakMap<ProjectKeys, SigningKey>();
  return (project, claims) => {
    let signing = imported.get(project.keys);
    if (signing === undefined) {
      signing = importSigningKey(project.keys);
      imported.set(project.keys, signing);
    }
    const signed = signing.head + encode(claims);
    return `${signed}.${signing.signature(Buffer.from(signed)).toString('base64url')}`;
  };
}

function importSigningKey({ signingKey, jwtSecret }: ProjectKeys): SigningKey {
  if (signingKey === null) {
    const secret = createSecretKey(Buffer.from(jwtSecret));
    return signs('HS256', undefined, (signed) => createHmac('sha256', secret).update(signed).digest());
  }
  const alg = signingKey.alg ?? (signingKey.kty === 'EC' ? 'ES256' : 'RS256');
  const key = createPrivateKey({ key: { ...signingKey }, format: 'jwk' });
  return signs(alg, signingKey.kid, alg === 'ES256' ? es256(key) : (signed) => sign('RSA-SHA256', signed, key));
}

function es256(key: KeyObject): SigningKey['signature'] {
  // The two numbers side by side: what JWS asks for in place of DER.
  return (signed) => sign('sha256', signed, { key, dsaEncoding: 'ieee-p1363' });
}

function signs(alg: string, kid: string | undefined, signature: SigningKey['signature']): SigningKey {
  return { head: `${encode({ alg, typ: 'JWT', ...(kid === undefined ? {} : { kid }) })}.`, signature };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

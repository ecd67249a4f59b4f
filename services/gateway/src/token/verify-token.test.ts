import { type KeyObject, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  EC_PAIR,
  ED_PAIR,
  type Json,
  RSA_PAIR,
  TEST_KEYS,
  TEST_NOW,
  TEST_SECRET,
  encodePart,
  hsToken,
  signHs256,
} from '../project.fixture.ts';
import { createKeyRing } from './key-ring.ts';
import { verifyToken } from './verify-token.ts';

const ring = createKeyRing(TEST_KEYS);
const claims = { sub: 'a', role: 'authenticated', exp: TEST_NOW + 60 };

const verified = (token: string): unknown => {
  const result = verifyToken(token, ring, TEST_NOW);
  return 'reason' in result ? result : result.value;
};

function asymmetricToken(alg: string, kid: string | undefined, key: KeyObject, payload: Json = claims): string {
  const signed = `${encodePart(kid === undefined ? { alg } : { alg, kid })}.${encodePart(payload)}`;
  const signature =
    alg === 'ES256'
      ? sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' })
      : sign(alg === 'EdDSA' ? null : 'RSA-SHA256', Buffer.from(signed), key);
  return `${signed}.${signature.toString('base64url')}`;
}

const refused = (reason: string, message: string): unknown => expect.objectContaining({ reason, message });
const noKey = refused('token-unverifiable', 'No suitable key or wrong key type');

test('a token the secret signed is believed, whatever kid it carries', () => {
  expect(verified(hsToken(claims))).toEqual(claims);
  expect(verified(hsToken(claims, { alg: 'HS256', kid: 'anything' }))).toEqual(claims);
});

test.each([
  ['ES256', 'ec-1', EC_PAIR.privateKey],
  ['RS256', 'rsa-1', RSA_PAIR.privateKey],
  ['EdDSA', 'ed-1', ED_PAIR.privateKey],
])('an %s token is believed with its kid and without', (alg, kid, key) => {
  expect(verified(asymmetricToken(alg, kid, key))).toEqual(claims);
  expect(verified(asymmetricToken(alg, undefined, key))).toEqual(claims);
  expect(verified(asymmetricToken(alg, 'other', key))).toEqual(noKey);
});

test('a public key is no HMAC secret', () => {
  for (const pair of [EC_PAIR, RSA_PAIR]) {
    const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const der = pair.publicKey.export({ type: 'spki', format: 'der' });
    const signed = `${encodePart({ alg: 'HS256', kid: 'ec-1' })}.${encodePart(claims)}`;
    expect(verified(signHs256(signed, pem))).toEqual(noKey);
    expect(verified(signHs256(signed, der.toString('latin1')))).toEqual(noKey);
    expect(verified(signHs256(signed, ''))).toEqual(noKey);
  }
});

test('a key does not verify another algorithm than its own', () => {
  const signedByRsa = asymmetricToken('RS256', 'rsa-1', RSA_PAIR.privateKey).split('.');
  const asEc = [encodePart({ alg: 'ES256', kid: 'rsa-1' }), signedByRsa[1], signedByRsa[2]].join('.');
  expect(verified(asEc)).toEqual(noKey);
});

test.each(['none', 'None', 'NONE', 'HS384', 'HS512', 'RS384', 'PS256', 'ES384', 'ES256K', 'hs256', '', 'toString'])(
  'alg %j is refused',
  (alg) => {
    const wrong = refused('token-algorithm', 'Wrong or unsupported encoding algorithm');
    expect(verified(hsToken(claims, { alg }))).toEqual(wrong);
    expect(verified(`${encodePart({ alg })}.${encodePart(claims)}.`)).toEqual(wrong);
  },
);

test('an algorithm that is no text is refused', () => {
  for (const alg of [null, 1, true, ['HS256'], { alg: 'HS256' }]) {
    expect(verified(hsToken(claims, { alg }))).toMatchObject({ reason: 'token-algorithm' });
  }
});

test('keys a token brings along are not looked at', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const header = { alg: 'ES256', jwk: stranger.publicKey.export({ format: 'jwk' }), jku: 'https://evil.example/jwks' };
  const signed = `${encodePart(header)}.${encodePart(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: stranger.privateKey, dsaEncoding: 'ieee-p1363' });
  expect(verified(`${signed}.${signature.toString('base64url')}`)).toEqual(noKey);
});

test('an ES256 signature of zeros or in DER form is refused', () => {
  const [header, payload] = asymmetricToken('ES256', 'ec-1', EC_PAIR.privateKey).split('.');
  const signed = `${header}.${payload}`;
  const der = sign('sha256', Buffer.from(signed), EC_PAIR.privateKey);
  expect(verified(`${signed}.${Buffer.alloc(64).toString('base64url')}`)).toEqual(noKey);
  expect(verified(`${signed}.${der.toString('base64url')}`)).toEqual(noKey);
});

test.each([
  ['', 'Empty JWT is sent in Authorization header'],
  ['abc', 'Expected 3 parts in JWT; got 1'],
  ['a.b', 'Expected 3 parts in JWT; got 2'],
  ['a.b.c.d', 'Expected 3 parts in JWT; got 4'],
  ['a.b.c.d.e', 'Expected 3 parts in JWT; got 5'],
  ['x'.repeat(16_385), 'The JWT is larger than 16384 bytes'],
])('%.20j is no token', (token, message) => {
  expect(verified(token)).toEqual(refused('token-malformed', message));
});

test('critical extensions are refused, for we understand none', () => {
  const header = { alg: 'HS256', crit: ['b64'], b64: false };
  expect(verified(hsToken(claims, header))).toMatchObject({ reason: 'token-malformed' });
  expect(verified(hsToken(claims, { alg: 'HS256', crit: [] }))).toMatchObject({ reason: 'token-malformed' });
});

test('a name that comes twice is refused, in the header and in the claims', () => {
  expect(verified(hsToken(claims, '{"alg":"none","alg":"HS256"}'))).toMatchObject({ reason: 'token-malformed' });
  expect(verified(hsToken('{"role":"anon","role":"service_role"}'))).toEqual(
    refused('token-claims', 'Parsing claims failed'),
  );
  expect(verified(hsToken('{"role":"anon","r\\u006fle":"service_role"}'))).toMatchObject({ reason: 'token-claims' });
  expect(verified(hsToken('{"a":{"b":1},"b":{"b:\\"":[{"b":2}]}}'))).toMatchObject({ b: { 'b:"': [{ b: 2 }] } });
});

test.each(['[]', 'null', '1', '"x"', '', '{', '{"a":1}x', '\ufeff{}', '{"exp":01}'])(
  'claims %j are refused',
  (text) => {
    expect(verified(hsToken(text))).toMatchObject({ reason: 'token-claims' });
  },
);

test('claims that are no UTF-8 are refused', () => {
  const payload = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url');
  expect(verified(signHs256(`${encodePart({ alg: 'HS256' })}.${payload}`))).toMatchObject({ reason: 'token-claims' });
});

test.each([
  [{ exp: TEST_NOW - 29 }, null],
  [{ exp: TEST_NOW - 31 }, 'JWT expired'],
  [{ nbf: TEST_NOW + 29 }, null],
  [{ nbf: TEST_NOW + 31 }, 'JWT not yet valid'],
  [{ iat: TEST_NOW + 29 }, null],
  [{ iat: TEST_NOW + 31 }, 'JWT issued at future'],
  [{ exp: String(TEST_NOW + 60) }, "The JWT 'exp' claim must be a number"],
  [{ exp: null }, "The JWT 'exp' claim must be a number"],
  [{ nbf: true }, "The JWT 'nbf' claim must be a number"],
  [{ iat: [] }, "The JWT 'iat' claim must be a number"],
  [{ aud: 1 }, "The JWT 'aud' claim must be a string or an array of strings"],
  [{ aud: ['a', 1] }, "The JWT 'aud' claim must be a string or an array of strings"],
  [{ aud: ['a', 'b'] }, null],
  [{}, null],
])('claims %j are answered with %j', (given, message) => {
  const result = verified(hsToken(given));
  expect(result).toEqual(message === null ? given : expect.objectContaining({ message }));
});

test('an expiry beyond all numbers is refused', () => {
  expect(verified(hsToken('{"exp":1e999}'))).toMatchObject({ reason: 'token-claims' });
});

test('no change of a single letter leaves a token valid', () => {
  const tokens = [
    hsToken(claims),
    asymmetricToken('ES256', 'ec-1', EC_PAIR.privateKey),
    asymmetricToken('EdDSA', undefined, ED_PAIR.privateKey),
    asymmetricToken('RS256', 'rsa-1', RSA_PAIR.privateKey),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...tokens), fc.nat(), fc.integer({ min: 32, max: 126 }), (token, at, code) => {
      const position = at % token.length;
      const letter = String.fromCharCode(code);
      fc.pre(token[position] !== letter);
      expect(verified(token.slice(0, position) + letter + token.slice(position + 1))).toHaveProperty('reason');
    }),
    { seed: 20261121, numRuns: 600 },
  );
});

test('no other secret, padding, truncation or foreign bytes make a token', () => {
  const token = hsToken(claims);
  const forged = fc.oneof(
    fc
      .string({ maxLength: 80 })
      .filter((secret) => secret !== TEST_SECRET)
      .map((secret) => signHs256(`${encodePart({ alg: 'HS256' })}.${encodePart(claims)}`, secret)),
    fc.nat({ max: token.length - 1 }).map((length) => token.slice(0, length)),
    fc.constantFrom('=', '==', ' ', '\n', '.', '+', '/', 'A', '\0').map((tail) => token + tail),
    fc.constantFrom(' ', '.', 'e', '\ufeff').map((head) => head + token),
    fc.string({ maxLength: 200 }),
    fc.tuple(fc.jsonValue(), fc.jsonValue(), fc.base64String()).map(([header, payload, tail]) => {
      const parts = [JSON.stringify(header), JSON.stringify(payload)].map((part) => encodePart(part));
      return `${parts.join('.')}.${tail}`;
    }),
  );
  fc.assert(
    fc.property(forged, (candidate) => {
      expect(verified(candidate)).toHaveProperty('reason');
    }),
    { seed: 20261121, numRuns: 600 },
  );
});

test('keys nobody should verify with are left out of the ring', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'jwk' });
  const ec = EC_PAIR.publicKey.export({ format: 'jwk' });
  const unusable = [
    weak,
    p384,
    { kty: 'oct', k: 'c2VjcmV0' },
    { kty: 'EC' },
    { ...ec, alg: 'HS256' },
    { ...ec, use: 'enc' },
  ];
  expect(createKeyRing({ jwtSecret: '', verifyKeys: unusable })).toEqual([]);
});

test('a private key given as verify key verifies like its public half', () => {
  const jwk = createPrivateKey(EC_PAIR.privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
  const own = createKeyRing({ jwtSecret: '', verifyKeys: [jwk] });
  expect(verifyToken(asymmetricToken('ES256', undefined, EC_PAIR.privateKey), own, TEST_NOW)).toMatchObject({
    value: claims,
  });
});

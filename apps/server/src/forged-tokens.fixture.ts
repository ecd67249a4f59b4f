import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

// Tokens somebody without the keys could send, and tokens the keys signed that still say what must not be believed.

export interface TokenSource {
  readonly jwtSecret: string;
  /** Private JWK of the project. */
  readonly signingKey: Readonly<Record<string, unknown>> & { readonly kid: string };
  /** One that signed before and was revoked. */
  readonly revokedKey: Readonly<Record<string, unknown>> & { readonly kid: string };
  /** Of another project of the instance. */
  readonly other: {
    readonly jwtSecret: string;
    readonly signingKey: Readonly<Record<string, unknown>> & { readonly kid: string };
    readonly keys: readonly string[];
  };
  /** Claims of a user and a session there are. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Keys of the project a stranger knows. */
  readonly publicTexts: readonly string[];
  readonly nowSeconds: number;
}

export type Forged = readonly [what: string, token: string];
type Signer = (signed: string) => Buffer;

const encode = (part: unknown): string =>
  Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
const hs =
  (secret: string | Buffer, hash = 'sha256'): Signer =>
  (signed) =>
    createHmac(hash, secret).update(signed).digest();
const es =
  (key: KeyObject, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): Signer =>
  (signed) =>
    sign('sha256', Buffer.from(signed), { key, dsaEncoding });
const token = (header: unknown, payload: unknown, signer: Signer): string => {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${signer(signed).toString('base64url')}`;
};
const importKey = (jwk: Readonly<Record<string, unknown>>): KeyObject => createPrivateKey({ key: jwk, format: 'jwk' });

const short = (name: unknown): string => JSON.stringify(name).slice(0, 40);
const standard = (part: string): string => Buffer.from(part, 'base64url').toString('base64');
const loose = (part: string): string => {
  // The last letter carries bits that belong to no byte: set, they make another text of the same bytes.
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const at = alphabet.indexOf(part.at(-1) ?? '');
  return part.length % 4 === 0 ? `${part}A` : part.slice(0, -1) + (alphabet[at ^ 1] ?? '');
};

/** Honest tokens of both kinds: what all others are measured against. */
export function honestTokens({ jwtSecret, signingKey, claims }: TokenSource): readonly Forged[] {
  return [
    ['HS256', token({ alg: 'HS256', typ: 'JWT' }, claims, hs(jwtSecret))],
    ['ES256', token({ alg: 'ES256', typ: 'JWT', kid: signingKey.kid }, claims, es(importKey(signingKey)))],
  ];
}

/** Some hundreds of tokens of which none may be believed. */
export function forgedTokens(source: TokenSource): readonly Forged[] {
  return [
    ...withoutSignature(source),
    ...confusedKeys(source),
    ...broughtKeys(source),
    ...oddKeyIds(source),
    ...unreadableHeaders(source),
    ...claimsNobodyBelieves(source),
    ...oddEncodings(source),
    ...brokenSignatures(source),
    ...otherIssuers(source),
    ...swappedParts(source),
  ];
}

function withoutSignature({ claims, signingKey }: TokenSource): Forged[] {
  const spellings = Array.from({ length: 16 }, (_, bits) =>
    ['n', 'o', 'n', 'e'].map((letter, at) => ((bits >> at) & 1 ? letter.toUpperCase() : letter)).join(''),
  );
  const odd = [
    '',
    ' none',
    'none ',
    'n\u043ene',
    'none\u0000',
    'null',
    'false',
    '0',
    'HS256 ',
    'hs256',
    'es256',
    'ES-256',
  ];
  return [...spellings, ...odd, null, 0, false, [], ['none'], {}].flatMap((alg): Forged[] => {
    const body = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
    const named = `${encode({ alg, kid: signingKey.kid })}.${encode(claims)}`;
    return [
      [`alg ${JSON.stringify(alg)} without signature`, `${body}.`],
      [`alg ${JSON.stringify(alg)} with a made-up signature`, `${named}.${Buffer.alloc(64, 1).toString('base64url')}`],
    ];
  });
}

function confusedKeys({ claims, signingKey, jwtSecret, publicTexts }: TokenSource): Forged[] {
  const publicKey = createPublicKey(importKey(signingKey));
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const jwk = publicKey.export({ format: 'jwk' });
  const [x, y] = [Buffer.from(jwk.x ?? '', 'base64url'), Buffer.from(jwk.y ?? '', 'base64url')];
  const { kid } = signingKey;
  const secrets: readonly (readonly [string, string | Buffer])[] = [
    ['the PEM', pem],
    ['the PEM without its last line end', pem.trimEnd()],
    ['the PEM with CRLF', pem.replaceAll('\n', '\r\n')],
    ['the body of the PEM', pem.replaceAll(/-----.*-----|\n/g, '')],
    ['the DER', der],
    ['the DER in hexadecimal', der.toString('hex')],
    ['the JWK', JSON.stringify(jwk)],
    ['the JWK with its kid', JSON.stringify({ ...jwk, kid, alg: 'ES256', use: 'sig', key_ops: ['verify'] })],
    ['the key set', JSON.stringify({ keys: [{ ...jwk, kid, alg: 'ES256', use: 'sig' }] })],
    ['x', x],
    ['x as text', jwk.x ?? ''],
    ['y', y],
    ['x and y', Buffer.concat([x, y])],
    ['the point', Buffer.concat([Buffer.from([4]), x, y])],
    ['the compressed point', Buffer.concat([Buffer.from([2 + ((y.at(-1) ?? 0) & 1)]), x])],
    ['the kid', kid],
    ['nothing', ''],
    ['a zero byte', Buffer.alloc(1)],
    ['zeros', Buffer.alloc(32)],
    ...[
      'secret',
      'null',
      'undefined',
      'your-256-bit-secret',
      'super-secret-jwt-token-with-at-least-32-characters-long',
    ].map((text): [string, string] => [text, text]),
    ...publicTexts.map((text, at): [string, string] => [`public key ${at}`, text]),
    ['the secret decoded', Buffer.from(jwtSecret, 'base64url')],
    ['the secret encoded', Buffer.from(jwtSecret).toString('base64')],
    ['the secret with a line end', `${jwtSecret}\n`],
    ['the secret cut', jwtSecret.slice(0, 32)],
    ['the secret in upper case', jwtSecret.toUpperCase()],
  ];
  return secrets.flatMap(([name, secret]): Forged[] => [
    [`HS256 with ${name}`, token({ alg: 'HS256', typ: 'JWT' }, claims, hs(secret))],
    [`HS256 with ${name} and the kid`, token({ alg: 'HS256', kid }, claims, hs(secret))],
  ]);
}

function broughtKeys({ claims, signingKey }: TokenSource): Forged[] {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = pair.publicKey.export({ format: 'jwk' });
  const chain = [pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')];
  const brought: readonly Readonly<Record<string, unknown>>[] = [
    {},
    { jwk },
    { jku: 'https://evil.example.net/jwks.json' },
    { jku: 'http://127.0.0.1:1/jwks.json' },
    { x5u: 'https://evil.example.net/cert.pem' },
    { x5c: chain },
    { x5t: 'AAAA' },
    { jwk, x5c: chain, jku: 'data:application/json,{}' },
    { epk: jwk },
  ];
  return brought.flatMap((header): Forged[] => {
    const what = Object.keys(header).join(' and ') || 'no key';
    return [
      [`a stranger's ES256 that brings ${what}`, token({ alg: 'ES256', ...header }, claims, es(pair.privateKey))],
      [
        `a stranger's ES256 under our kid that brings ${what}`,
        token({ alg: 'ES256', kid: signingKey.kid, ...header }, claims, es(pair.privateKey)),
      ],
      [
        `a stranger's RS256 that brings ${what}`,
        token({ alg: 'RS256', kid: signingKey.kid, ...header }, claims, (signed) =>
          sign('RSA-SHA256', Buffer.from(signed), rsa.privateKey),
        ),
      ],
    ];
  });
}

function oddKeyIds({ claims, signingKey, other, jwtSecret }: TokenSource): Forged[] {
  const names = [
    '../../../../../../dev/null',
    '/dev/null',
    'file:///dev/null',
    '/proc/sys/kernel/randomize_va_space',
    '..\\..\\keys\\default.json',
    `' union select 'x`,
    `x'; drop table auth.users; --`,
    '$(id)',
    '|id',
    'https://evil.example.net/key',
    '__proto__',
    'constructor',
    'toString',
    'key-1',
    '0',
    '',
    ' ',
    '\u0000',
    `${signingKey.kid} `,
    `${signingKey.kid}\u0000`,
    signingKey.kid.toUpperCase() === signingKey.kid ? signingKey.kid.toLowerCase() : signingKey.kid.toUpperCase(),
    other.signingKey.kid,
    'x'.repeat(4000),
  ];
  const ours = importKey(signingKey);
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return [
    ...names.flatMap((kid): Forged[] => [
      [`kid ${short(kid)} with an empty secret`, token({ alg: 'HS256', kid }, claims, hs(''))],
      [`kid ${short(kid)} by a stranger`, token({ alg: 'ES256', kid }, claims, es(stranger))],
      [`kid ${short(kid)} on our own ES256`, token({ alg: 'ES256', kid }, claims, es(ours))],
    ]),
    ...[0, 1, true, null, [], [signingKey.kid], {}, { toString: 1 }].flatMap((kid): Forged[] => [
      [`kid of another type ${short(kid)} on ES256`, token({ alg: 'ES256', kid }, claims, es(ours))],
      [`kid of another type ${short(kid)} on HS256`, token({ alg: 'HS256', kid }, claims, hs(jwtSecret))],
    ]),
  ];
}

function unreadableHeaders({ claims, signingKey, jwtSecret }: TokenSource): Forged[] {
  const ours = es(importKey(signingKey));
  const headers: readonly unknown[] = [
    ...[['exp'], ['b64'], [], 'b64', null, {}, ['http://example.com/x'], 0].map((crit) => ({ crit })),
    { crit: ['b64'], b64: false },
  ];
  const texts = [
    '{"alg":"none","alg":"HS256"}',
    '{"alg":"HS256","alg":"HS256"}',
    '{"alg":"HS256","\\u0061lg":"none"}',
    '{"alg":"HS256","kid":"a","kid":"b"}',
    '\ufeff{"alg":"HS256"}',
    '{"alg":"HS256"}x',
    '{alg:"HS256"}',
    "{'alg':'HS256'}",
    '["HS256"]',
    '"HS256"',
    'null',
    '',
    '{"alg":"HS256",}',
    '{"typ":"JWT"}',
    '{"enc":"A256GCM","alg":"dir"}',
    '{"alg":"HS384"}',
    '{"alg":"HS512"}',
    '{"alg":"PS256"}',
    '{"alg":"ES256K"}',
  ];
  return [
    ...headers.flatMap((header): Forged[] => [
      [
        `header ${JSON.stringify(header)} on HS256`,
        token({ alg: 'HS256', ...(header as object) }, claims, hs(jwtSecret)),
      ],
      [
        `header ${JSON.stringify(header)} on ES256`,
        token({ alg: 'ES256', kid: signingKey.kid, ...(header as object) }, claims, ours),
      ],
    ]),
    ...texts.map((text): Forged => [`header ${text}`, token(text, claims, hs(jwtSecret))]),
    ['HS512 with the secret', token({ alg: 'HS512' }, claims, hs(jwtSecret, 'sha512'))],
    ['HS384 with the secret', token({ alg: 'HS384' }, claims, hs(jwtSecret, 'sha384'))],
    ['HS256 with SHA-512', token({ alg: 'HS256' }, claims, hs(jwtSecret, 'sha512'))],
    ['ES256 under the name EdDSA', token({ alg: 'EdDSA', kid: signingKey.kid }, claims, ours)],
    ['ES256 under the name RS256', token({ alg: 'RS256', kid: signingKey.kid }, claims, ours)],
    ['ES256 under the name HS256', token({ alg: 'HS256', kid: signingKey.kid }, claims, ours)],
  ];
}

function claimsNobodyBelieves({ claims, signingKey, jwtSecret, nowSeconds: now }: TokenSource): Forged[] {
  const ours = es(importKey(signingKey));
  const json = JSON.stringify(claims);
  const changed: readonly Readonly<Record<string, unknown>>[] = [
    ...[now - 31, 0, -1, -1e15, String(now + 60), '', null, [], [now + 60], {}, true, 'never'].map((exp) => ({ exp })),
    ...[now + 120, 9e15, String(now), null, {}, true].map((nbf) => ({ nbf })),
    ...[now + 120, 9e15, String(now), [], false].map((iat) => ({ iat })),
    ...[1, {}, true, [1], ['authenticated', 1], [null]].map((aud) => ({ aud })),
    ...[
      'postgres',
      'supabase_admin',
      'supabase_auth_admin',
      'identity',
      'authenticator',
      'ashlar_platform',
      'none',
    ].map((role) => ({ role })),
    ...[
      '',
      ' service_role',
      'service_role ',
      'SERVICE_ROLE',
      'service_role\u0000',
      'pg_read_all_data',
      '__proto__',
    ].map((role) => ({ role })),
    ...[null, 1, true, [], ['service_role'], { role: 'service_role' }].map((role) => ({ role })),
  ];
  const texts = [
    json.replace(/"exp":\d+/, '"exp":1e999'),
    json.replace(/"exp":\d+/, '"exp":-1e999'),
    json.replace(/"exp":\d+/, '"exp":NaN'),
    json.replace(/"exp":\d+/, '"exp":Infinity'),
    json.replace(/"exp":\d+/, '"exp":0x7fffffff'),
    json.replace(/"exp":\d+/, '"exp":09999999999'),
    json.replace(/\}$/, ',"role":"service_role"}'),
    json.replace(/\}$/, ',"r\\u006fle":"service_role"}'),
    json.replace(/\}$/, `,"exp":${now + 60}}`),
    json.replace(/\}$/, ',"sub":"00000000-0000-0000-0000-000000000000"}'),
    `\ufeff${json}`,
    `${json}${json}`,
    `[${json}]`,
    JSON.stringify(json),
    'null',
    'true',
    '1',
    '',
    '{',
    `${json.slice(0, -1)},}`,
    `// c\n${json}`,
  ];
  const both = (what: string, payload: unknown): Forged[] => [
    [`${what} on HS256`, token({ alg: 'HS256', typ: 'JWT' }, payload, hs(jwtSecret))],
    [`${what} on ES256`, token({ alg: 'ES256', kid: signingKey.kid }, payload, ours)],
  ];
  return [
    ...changed.flatMap((change) => both(`claims with ${JSON.stringify(change)}`, { ...claims, ...change })),
    ...texts.flatMap((text) => both(`claims ${text.slice(0, 20)}…${text.slice(-30)}`, text)),
  ];
}

function oddEncodings(source: TokenSource): Forged[] {
  return honestTokens(source).flatMap(([alg, honest]): Forged[] => {
    const [header = '', payload = '', signature = ''] = honest.split('.');
    const made: readonly Forged[] = [
      ['padding after the signature', `${honest}=`],
      ['padding everywhere', `${header}==.${payload}==.${signature}==`],
      ['loose bits in the signature', `${header}.${payload}.${loose(signature)}`],
      ['loose bits in the payload', `${header}.${loose(payload)}.${signature}`],
      ['the standard alphabet with padding', `${standard(header)}.${standard(payload)}.${standard(signature)}=`],
      ['a space inside', `${header}. ${payload}.${signature}`],
      ['an empty fourth part', `${honest}.`],
      ['a fourth part', `${honest}.${signature}`],
      ['a leading dot', `.${honest}`],
      ['five parts like an encrypted token', `${header}..${payload}.${signature}.AAAA`],
      ['no signature part', `${header}.${payload}`],
      ['two dots only', '..'],
      ['quotes', `"${honest}"`],
      ['another scheme inside', `Bearer ${honest}`],
      ['percent signs', honest.replaceAll('.', '%2E')],
      ['letters beyond ASCII', honest.replace('.', '\u00e9.')],
      ['a comma and a second token', `${honest},${honest}`],
      ['a second token after a space', `${honest} ${honest}`],
      ['a token in a token', token({ alg: 'HS256', cty: 'JWT' }, honest, hs(source.jwtSecret))],
      ['a general JSON form', JSON.stringify({ payload, signatures: [{ protected: header, signature }] })],
      ['more than a door reads', `${header}.${payload}${'A'.repeat(17_000)}.${signature}`],
    ];
    return made.map(([what, text]): Forged => [`${alg} with ${what}`, text]);
  });
}

function brokenSignatures(source: TokenSource): Forged[] {
  const ours = importKey(source.signingKey);
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const zeros = Buffer.alloc(32);
  return honestTokens(source).flatMap(([alg, honest]): Forged[] => {
    const end = honest.lastIndexOf('.');
    const signed = honest.slice(0, end);
    const signature = Buffer.from(honest.slice(end + 1), 'base64url');
    const [r, s] = [signature.subarray(0, signature.length / 2), signature.subarray(signature.length / 2)];
    const flip = (at: number): Buffer => {
      const copy = Buffer.from(signature);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const made: readonly (readonly [string, Buffer])[] = [
      ...[1, 2, 8, 16, 31].map((cut): [string, Buffer] => [`${cut} bytes short`, signature.subarray(0, -cut)]),
      ...[1, 2, 32].map((more): [string, Buffer] => [
        `${more} bytes long`,
        Buffer.concat([signature, Buffer.alloc(more)]),
      ]),
      ...[0, 7, 15, 16, 31].map((at): [string, Buffer] => [`bit ${at * 8} flipped`, flip(at)]),
      ['a leading zero byte', Buffer.concat([Buffer.alloc(1), signature])],
      ['nothing', Buffer.alloc(0)],
      ['zeros', Buffer.alloc(signature.length)],
      ['ones', Buffer.alloc(signature.length, 255)],
      ['halves swapped', Buffer.concat([s, r])],
      ['r = 0', Buffer.concat([zeros, s])],
      ['s = 0', Buffer.concat([r, zeros])],
      ['r = s = the order', Buffer.concat([order, order])],
      ['r = the order, s = 0', Buffer.concat([order, zeros])],
      ['r = s = 1', Buffer.concat([Buffer.alloc(31), Buffer.from([1]), Buffer.alloc(31), Buffer.from([1])])],
      ['DER', es(ours, 'der')(signed)],
      ['twice', Buffer.concat([signature, signature])],
    ];
    return made.map(([what, bytes]): Forged => [
      `${alg} signature: ${what}`,
      `${signed}.${bytes.toString('base64url')}`,
    ]);
  });
}

function otherIssuers({ claims, other, revokedKey, signingKey, jwtSecret }: TokenSource): Forged[] {
  const theirs = es(importKey(other.signingKey));
  const former = es(importKey(revokedKey));
  return [
    ...other.keys.map((key, at): Forged => [`key ${at} of another project`, key]),
    ['HS256 of another project', token({ alg: 'HS256' }, claims, hs(other.jwtSecret))],
    ['ES256 of another project', token({ alg: 'ES256', kid: other.signingKey.kid }, claims, theirs)],
    ['ES256 of another project under our kid', token({ alg: 'ES256', kid: signingKey.kid }, claims, theirs)],
    ['ES256 of another project without kid', token({ alg: 'ES256' }, claims, theirs)],
    ['a revoked key', token({ alg: 'ES256', kid: revokedKey.kid }, claims, former)],
    ['a revoked key under the kid of now', token({ alg: 'ES256', kid: signingKey.kid }, claims, former)],
    ['a revoked key without kid', token({ alg: 'ES256' }, claims, former)],
    ['the secret of both projects', token({ alg: 'HS256' }, claims, hs(jwtSecret + other.jwtSecret))],
  ];
}

function swappedParts(source: TokenSource): Forged[] {
  const { claims } = source;
  return honestTokens(source).flatMap(([alg, honest]): Forged[] => {
    const [header = '', payload = '', signature = ''] = honest.split('.');
    const payloads = [
      { ...claims, role: 'service_role' },
      { ...claims, sub: '00000000-0000-0000-0000-000000000000' },
      { ...claims, exp: Number(claims['exp']) + 1 },
      { ...claims, aal: 'aal2' },
      { ...claims, session_id: '00000000-0000-0000-0000-000000000000' },
      { role: 'service_role' },
    ];
    const algorithms = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA'];
    return [
      ...payloads.map((other): Forged => [
        `${alg} with other claims ${JSON.stringify(other).slice(-40)}`,
        `${header}.${encode(other)}.${signature}`,
      ]),
      ...algorithms
        .filter((name) => name !== alg)
        .map((name): Forged => [`${alg} renamed ${name}`, `${encode({ alg: name })}.${payload}.${signature}`]),
    ];
  });
}

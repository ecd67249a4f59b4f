import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { readChunked } from './chunked-body.ts';
import { hashOf } from './sign-request.fixture.ts';
import { EMPTY_HASH, signatureOf, signingKey } from './signature-v4.ts';

const scope = { day: '20261121', region: 'us-east-1' };
const seed = { key: signingKey('secret', scope), moment: '20261121T000000Z', scope, signature: 'a'.repeat(64) };
const SCOPE = '20261121/us-east-1/s3/aws4_request';

interface Sent {
  readonly chunks?: readonly Buffer[];
  readonly trailers?: readonly (readonly [string, string])[];
  readonly isSigned?: boolean;
}

/** The pieces of a body as an honest client sends them. */
function pieces({
  chunks = [Buffer.alloc(9_000, 1), Buffer.alloc(8_192, 2), Buffer.from('end')],
  trailers = [],
  isSigned = true,
}: Sent = {}): string[] {
  let previous = seed.signature;
  const sign = (kind: string, ...hashes: string[]): string => {
    previous = signatureOf(seed.key, [`AWS4-HMAC-SHA256-${kind}`, seed.moment, SCOPE, previous, ...hashes].join('\n'));
    return previous;
  };
  const heads = [...chunks, Buffer.alloc(0)].map((chunk) => {
    const signature = isSigned ? `;chunk-signature=${sign('PAYLOAD', EMPTY_HASH, hashOf(chunk))}` : '';
    const content = chunk.length === 0 ? '' : `${chunk.toString('latin1')}\r\n`;
    return `${chunk.length.toString(16)}${signature}\r\n${content}`;
  });
  const lines = trailers.map(([name, value]) => `${name}:${value}\r\n`);
  const signed =
    isSigned && trailers.length > 0
      ? [
          `x-amz-trailer-signature:${sign('TRAILER', hashOf(trailers.map(([name, value]) => `${name}:${value}\n`).join('')))}\r\n`,
        ]
      : [];
  return [...heads, ...lines, ...signed, '\r\n'];
}

/** Cut at odd places, as networks do. */
async function* cut(text: string, bytes: number): AsyncGenerator<Buffer> {
  const body = Buffer.from(text, 'latin1');
  for (let at = 0; at < body.length; at += bytes) yield body.subarray(at, at + bytes);
}

async function read(text: string, { isSigned = true, trailers = [] as readonly string[], bytes = 1_000 } = {}) {
  const seen = new Map<string, string>();
  const body = readChunked(cut(text, bytes), { seed: isSigned ? seed : null, trailers }, (name, value) =>
    seen.set(name, value),
  );
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return { content: Buffer.concat(chunks), trailers: Object.fromEntries(seen) };
}

const CONTENT = Buffer.concat([Buffer.alloc(9_000, 1), Buffer.alloc(8_192, 2), Buffer.from('end')]);
const SUM = [['x-amz-checksum-crc32', 'AAAAAA==']] as const;
const NAMES = SUM.map(([name]) => name);

test.each([1, 7, 1_000, 100_000])('honest bodies are read whatever they are cut into: %i', async (bytes) => {
  expect((await read(pieces().join(''), { bytes })).content.equals(CONTENT)).toBe(true);
  const trailed = await read(pieces({ trailers: SUM }).join(''), { bytes, trailers: NAMES });
  expect(trailed.content.equals(CONTENT)).toBe(true);
  expect(trailed.trailers).toEqual({ 'x-amz-checksum-crc32': 'AAAAAA==' });
  const plain = await read(pieces({ trailers: SUM, isSigned: false }).join(''), {
    bytes,
    isSigned: false,
    trailers: NAMES,
  });
  expect(plain.content.equals(CONTENT)).toBe(true);
  expect((await read(pieces({ chunks: [] }).join(''), { bytes })).content).toHaveLength(0);
});

const [first = '', second = '', third = '', last = '', end = ''] = pieces();
const turned = (text: string): string =>
  text.replace(/signature=(.)/, (_all, digit: string) => `signature=${digit === '0' ? '1' : '0'}`);
const trailed = pieces({ trailers: SUM });
const unsigned = pieces({ isSigned: false, trailers: SUM });

test.each<readonly [name: string, body: string, code: string]>([
  ['a turned signature', turned(first) + second + third + last + end, 's3.chunk_signature_mismatch'],
  ['a turned last signature', first + second + third + turned(last) + end, 's3.chunk_signature_mismatch'],
  ['another content', first.replace('\x01', '\x03') + second + third + last + end, 's3.chunk_signature_mismatch'],
  ['swapped chunks', second + first + third + last + end, 's3.chunk_signature_mismatch'],
  ['a chunk left out', first + third + last + end, 's3.chunk_signature_mismatch'],
  ['the first left out', second + third + last + end, 's3.chunk_signature_mismatch'],
  ['a chunk twice', first + first + second + third + last + end, 's3.chunk_signature_mismatch'],
  ['cut off after a chunk', first + second, 's3.incomplete_body'],
  ['cut off within a chunk', first + second.slice(0, 500), 's3.incomplete_body'],
  ['ended early by its own end', first + last + end, 's3.chunk_signature_mismatch'],
  ['no end', first + second + third, 's3.incomplete_body'],
  ['more behind the end', first + second + third + last + end + first, 's3.malformed_chunk'],
  [
    'a small chunk in the middle',
    pieces({ chunks: [Buffer.from('small'), Buffer.from('end')] }).join(''),
    's3.chunk_too_small',
  ],
  ['an unsigned chunk', first + '1\r\nx\r\n' + second + third + last + end, 's3.malformed_chunk'],
  ['a size that lies', first.replace(/^2328/, '2327') + second + third + last + end, 's3.chunk_signature_mismatch'],
  ['a negative size', first.replace(/^2328/, '-1') + second, 's3.malformed_chunk'],
  ['a huge size', first.replace(/^2328/, 'ffffffffff') + second, 's3.malformed_chunk'],
  ['a size of letters', first.replace(/^2328/, 'zz') + second, 's3.malformed_chunk'],
  ['an endless head', `${'0'.repeat(5_000)}\r\n`, 's3.malformed_chunk'],
  [
    'trailers nobody announced',
    first + second + third + last + 'x-amz-checksum-crc32:AAAAAA==\r\n\r\n',
    's3.malformed_trailer',
  ],
])('%s is refused', async (_name, body, code) => {
  await expect(read(body)).rejects.toMatchObject({ code });
});

test.each<readonly [name: string, body: string]>([
  ['a changed trailer', trailed.join('').replace('crc32:AAAAAA==', 'crc32:AAAAAB==')],
  ['a turned signature', trailed.join('').replace(/trailer-signature:./, 'trailer-signature:g')],
  ['no signature', trailed.filter((piece) => !piece.startsWith('x-amz-trailer')).join('')],
  ['a trailer left out', trailed.filter((piece) => !piece.startsWith('x-amz-checksum')).join('')],
  [
    'a trailer twice',
    trailed.flatMap((piece) => (piece.startsWith('x-amz-checksum') ? [piece, piece] : [piece])).join(''),
  ],
])('%s at the end of a signed body is refused', async (_name, body) => {
  await expect(read(body, { trailers: NAMES })).rejects.toThrow();
});

test('unsigned chunks with a signature, and endless trailers, are refused', async () => {
  const options = { isSigned: false, trailers: NAMES };
  await expect(read(trailed.join(''), options)).rejects.toMatchObject({ code: 's3.malformed_chunk' });
  const endless = unsigned.join('').replace('AAAAAA==', 'A'.repeat(9_000));
  await expect(read(endless, options)).rejects.toMatchObject({ code: 's3.malformed_chunk' });
  const nobody = unsigned.join('').replace('x-amz-checksum-crc32', 'x-amz-checksum-sha256');
  await expect(read(nobody, options)).rejects.toMatchObject({ code: 's3.malformed_trailer' });
});

test('random bytes never get through', async () => {
  for (let round = 0; round < 300; round += 1) {
    await expect(read(randomBytes(200).toString('latin1'), { bytes: 33 })).rejects.toThrow();
  }
});

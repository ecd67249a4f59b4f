import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { BackendReader } from './backend-reader.ts';

interface Message {
  readonly code: number;
  readonly body: Uint8Array;
}

const messages = fc.array(
  fc.record({ code: fc.integer({ min: 1, max: 255 }), body: fc.uint8Array({ maxLength: 300 }) }),
  { maxLength: 20 },
);

function encode(sent: readonly Message[]): Buffer {
  return Buffer.concat(
    sent.map(({ code, body }) => {
      const header = Buffer.alloc(5);
      header[0] = code;
      header.writeInt32BE(body.length + 4, 1);
      return Buffer.concat([header, body]);
    }),
  );
}

test('however the bytes are cut, the same messages come out', () => {
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 64 }), { minLength: 1 }), (sent, sizes) => {
      const received: Message[] = [];
      const reader = new BackendReader((code, buffer, start, end) =>
        received.push({ code, body: Uint8Array.from(buffer.subarray(start, end)) }),
      );
      const bytes = encode(sent);
      for (let offset = 0, cut = 0; offset < bytes.length; cut++) {
        const size = sizes[cut % sizes.length] ?? 1;
        reader.push(bytes.subarray(offset, offset + size));
        offset += size;
      }
      expect(received).toEqual(sent);
    }),
    { seed: 20_261_121, numRuns: 300 },
  );
});

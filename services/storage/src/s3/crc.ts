import { crc32 } from 'node:zlib';

/** A checksum that grows with the bytes; `digest` gives its bytes, the highest first. */
export interface RunningSum {
  update(chunk: Uint8Array): void;
  digest(): Buffer;
}

/** CRC-32 as zlib and Ethernet have it. */
export function createCrc32(): RunningSum {
  let sum = 0;
  return {
    update: (chunk) => (sum = crc32(chunk, sum)),
    digest: () => uint32(sum),
  };
}

/** CRC-32C (Castagnoli, RFC 3720 §12.1). */
export function createCrc32c(): RunningSum {
  const table = (crc32cTable ??= table32(0x82f63b78));
  let sum = -1;
  return {
    update(chunk) {
      let value = sum;
      // Indexed, because an iterator costs ten times as much here; tables have 256 entries, one for every byte.
      for (let at = 0; at < chunk.length; at += 1)
        value = (table[(value ^ (chunk[at] ?? 0)) & 0xff] ?? 0) ^ (value >>> 8);
      sum = value;
    },
    digest: () => uint32(~sum),
  };
}

/** CRC-64/NVME, as the NVM Express specification has it: halves of 32 bits, because BigInt is a hundred times slower. */
export function createCrc64Nvme(): RunningSum {
  const [lows, highs] = (crc64Tables ??= tables64(0x9a6c9329, 0xac4bc9b5));
  let low = -1;
  let high = -1;
  return {
    update(chunk) {
      let [l, h] = [low, high];
      for (let at = 0; at < chunk.length; at += 1) {
        const entry = (l ^ (chunk[at] ?? 0)) & 0xff;
        l = (lows[entry] ?? 0) ^ ((l >>> 8) | (h << 24));
        h = (highs[entry] ?? 0) ^ (h >>> 8);
      }
      low = l;
      high = h;
    },
    digest: () => Buffer.concat([uint32(~high), uint32(~low)]),
  };
}

let crc32cTable: Int32Array | undefined;
let crc64Tables: readonly [lows: Int32Array, highs: Int32Array] | undefined;

function table32(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_none, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value;
  });
}

function tables64(highPolynomial: number, lowPolynomial: number): readonly [Int32Array, Int32Array] {
  const lows = new Int32Array(256);
  const highs = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let [low, high] = [byte, 0];
    for (let bit = 0; bit < 8; bit += 1) {
      const isOdd = (low & 1) === 1;
      low = (low >>> 1) | (high << 31);
      high >>>= 1;
      if (isOdd) {
        low ^= lowPolynomial;
        high ^= highPolynomial;
      }
    }
    lows[byte] = low;
    highs[byte] = high;
  }
  return [lows, highs];
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

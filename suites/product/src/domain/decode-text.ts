/** What is looked at to tell an encoding and a delimiter. */
const SAMPLE_BYTES = 65_536;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1256';

/**
 * The encoding of a text from its first bytes: what its mark says, UTF-8 if it is that, else the code page Arabic
 * spreadsheets are saved in.
 */
function detectEncoding(sample: Uint8Array): Encoding {
  const [first, second] = sample;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  try {
    // A sample may end within a character, hence as a stream.
    new TextDecoder('utf-8', { fatal: true }).decode(sample.subarray(0, SAMPLE_BYTES), { stream: true });
    return 'utf-8';
  } catch {
    return 'windows-1256';
  }
}

/** A file's bytes as texts, in whatever encoding they are; memory does not grow with the file. */
export async function* decodeText(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let sample = new Uint8Array(0);
  for await (const chunk of bytes) {
    if (decoder === undefined) {
      sample = joined(sample, chunk);
      if (sample.length < SAMPLE_BYTES) continue;
      decoder = new TextDecoder(detectEncoding(sample));
      yield decoder.decode(sample, { stream: true });
      continue;
    }
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder === undefined) yield new TextDecoder(detectEncoding(sample)).decode(sample);
  else yield decoder.decode();
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

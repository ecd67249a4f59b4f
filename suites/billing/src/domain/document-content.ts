import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

/** A document as it was issued, in the words of its time: what a reader, a printer and an auditor are shown. */
export type DocumentContent = Readonly<Record<string, unknown>>;

export interface Sealed {
  readonly content: string;
  /** As PostgreSQL writes bytes: `\\x` and hexadecimal digits. */
  readonly contentHash: string;
  readonly chainHash: string;
}

/**
 * Seals a document: its text with members in one order, the SHA-256 of that, and the SHA-256 of the series so far and
 * this hash. Whoever takes a document out, or puts another in, breaks every hash after it.
 *
 * @param previous The chain's hash of the number before; null for the first of a series.
 */
export function seal(document: DocumentContent, previous: string | null): Sealed {
  const content = canonicalJson(document);
  const contentHash = createHash('sha256').update(content, 'utf8').digest();
  const chain = createHash('sha256');
  if (previous !== null) chain.update(Buffer.from(previous.slice(2), 'hex'));
  return { content, contentHash: bytea(contentHash), chainHash: bytea(chain.update(contentHash).digest()) };
}

/** JSON with the members of every object in the order of their names, so that equal documents are equal texts. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, held: unknown) => {
    if (typeof held === 'bigint') return held.toString();
    if (typeof held !== 'object' || held === null || Array.isArray(held)) return held;
    return Object.fromEntries(Object.entries(held).toSorted(([left], [right]) => (left < right ? -1 : 1)));
  });
}

function bytea(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`;
}

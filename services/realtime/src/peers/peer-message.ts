import type { Usage } from '../socket/quotas.ts';
import { isObject, parseJson, type UserBroadcast } from '../wire/frame.ts';

/** What processes tell each other about one room. A member's name is its process's own. */
export type PeerMessage =
  | ({ readonly kind: 'broadcast' } & UserBroadcast)
  | { readonly kind: 'track'; readonly member: string; readonly key: string; readonly payload: unknown }
  | { readonly kind: 'untrack'; readonly member: string }
  /** Everybody of the process who is present; whoever is missing has left. */
  | { readonly kind: 'roll'; readonly members: readonly string[] }
  /** Asks the others to tell who of them is present. */
  | { readonly kind: 'who' }
  /** The process is alive, and this is what projects use of it. */
  | { readonly kind: 'beat'; readonly usage: readonly (readonly [string, Usage])[] }
  /** It is about to end. */
  | { readonly kind: 'gone' };

/** Well below what the bus takes. */
const PART_BYTES: number = 400 * 1024;
/** A broadcast of the largest size in its parts, and room to spare. */
const MAX_PARTS = 16;

/** One message as the bus carries it, in parts of a size it takes. */
export function encodePeerMessage(from: string, message: PeerMessage): readonly Buffer[] {
  const body = bodyOf(message);
  const parts = Math.max(1, Math.ceil(body.length / PART_BYTES));
  return Array.from({ length: parts }, (_, part) =>
    Buffer.concat([
      Buffer.from(`${JSON.stringify([from, part, parts])}\n`),
      body.subarray(part * PART_BYTES, (part + 1) * PART_BYTES),
    ]),
  );
}

/** Puts the parts of one subject together again; those of one process arrive in order. */
export class PeerMessageReader {
  readonly #partial = new Map<string, Buffer[]>();

  /** Null for what is none, or not whole yet. */
  read(bytes: Uint8Array): { readonly from: string; readonly message: PeerMessage } | null {
    const sent = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = sent.indexOf('\n');
    const header = end === -1 ? undefined : parseJson(sent.toString('utf8', 0, end));
    if (!Array.isArray(header)) return null;
    const [from, part, parts] = header as readonly unknown[];
    if (typeof from !== 'string' || typeof part !== 'number' || typeof parts !== 'number') return null;
    const body = this.#join(from, part, parts, sent.subarray(end + 1));
    const message = body === null ? null : messageOf(body);
    return message === null ? null : { from, message };
  }

  /** The process is gone, and with it what it had begun to say. */
  forget(from: string): void {
    this.#partial.delete(from);
  }

  #join(from: string, part: number, parts: number, bytes: Buffer): Buffer | null {
    const before = part === 0 ? [] : this.#partial.get(from);
    this.#partial.delete(from);
    // One before it was lost, and the message with it.
    if (before?.length !== part || parts > MAX_PARTS) return null;
    before.push(bytes);
    if (before.length === parts) return Buffer.concat(before);
    this.#partial.set(from, before);
    return null;
  }
}

function bodyOf(message: PeerMessage): Buffer {
  if (message.kind !== 'broadcast') return Buffer.from(`${JSON.stringify(message)}\n`);
  const { kind, event, payload } = message;
  const head = Buffer.from(`${JSON.stringify({ kind, event, form: payload.kind })}\n`);
  return Buffer.concat([head, payload.kind === 'json' ? Buffer.from(payload.json) : payload.bytes]);
}

function messageOf(body: Buffer): PeerMessage | null {
  const end = body.indexOf('\n');
  const head = end === -1 ? undefined : parseJson(body.toString('utf8', 0, end));
  if (!isObject(head)) return null;
  const { kind, event, form, member, key, payload, members, usage } = head;
  const rest = body.subarray(end + 1);
  switch (kind) {
    case 'broadcast':
      if (typeof event !== 'string') return null;
      return {
        kind,
        event,
        payload: form === 'json' ? { kind: form, json: rest.toString() } : { kind: 'binary', bytes: rest },
      };
    case 'track':
      return typeof member === 'string' && typeof key === 'string' ? { kind, member, key, payload } : null;
    case 'untrack':
      return typeof member === 'string' ? { kind, member } : null;
    case 'roll':
      return Array.isArray(members) && members.every((one) => typeof one === 'string') ? { kind, members } : null;
    case 'beat':
      return { kind, usage: Array.isArray(usage) ? usage.filter(isUsageOfProject) : [] };
    case 'who':
    case 'gone':
      return { kind };
    default:
      return null;
  }
}

function isUsageOfProject(entry: unknown): entry is readonly [string, Usage] {
  if (!Array.isArray(entry)) return false;
  const [ref, usage] = entry as readonly unknown[];
  if (typeof ref !== 'string' || !isObject(usage)) return false;
  const { connections, messages, joins } = usage;
  return [connections, messages, joins].every((count) => Number.isSafeInteger(count) && Number(count) >= 0);
}

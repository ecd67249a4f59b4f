import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

export interface SignedEvent {
  /** As it came, byte by byte. */
  readonly body: Uint8Array;
  /** `Stripe-Signature`: `t=…,v1=…`. */
  readonly signature: string | undefined;
}

export interface EventTerms {
  /** Those that sign now; more than one while they are changed. */
  readonly secrets: readonly string[];
  readonly now: Date;
  readonly toleranceSeconds?: number;
}

export type ReadEvent =
  | { readonly kind: 'refused'; readonly why: 'unsigned' | 'signature' | 'too_old' | 'malformed' }
  /** Signed, and about nothing we ask for. */
  | { readonly kind: 'ignored'; readonly id: string }
  | { readonly kind: 'payment'; readonly id: string; readonly ref: string };

const DEFAULT_TOLERANCE_SECONDS = 300;
const MAX_SIGNATURES = 10;

const Event = z.object({
  id: z.string().regex(/^evt_\w{1,190}$/),
  type: z.string(),
  data: z.object({
    object: z.object({ object: z.string(), id: z.string(), payment_intent: z.string().nullish() }),
  }),
});
const REF = /^pi_\w{1,190}$/;

/**
 * Which payment an event is about. What it says of it is not believed: events come late, twice and in any order, so the
 * provider is asked how things are.
 */
export function readProviderEvent({ body, signature }: SignedEvent, terms: EventTerms): ReadEvent {
  const refused = refusalOf({ body, signature }, terms);
  if (refused !== null) return { kind: 'refused', why: refused };
  const event = Event.safeParse(jsonOf(body));
  if (!event.success) return { kind: 'refused', why: 'malformed' };
  const { id, data } = event.data;
  const { object, id: objectId, payment_intent: intent } = data.object;
  const ref = object === 'payment_intent' ? objectId : intent;
  return ref !== null && ref !== undefined && REF.test(ref) ? { kind: 'payment', id, ref } : { kind: 'ignored', id };
}

function refusalOf(
  { body, signature }: SignedEvent,
  { secrets, now, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS }: EventTerms,
): 'unsigned' | 'signature' | 'too_old' | null {
  const parts = (signature ?? '').split(',').map((part) => part.split('=', 2) as [string, string?]);
  const signedAt = parts.find(([name]) => name === 't')?.[1];
  const given = parts.filter(([name]) => name === 'v1').slice(0, MAX_SIGNATURES);
  if (signedAt === undefined || !/^\d{1,12}$/.test(signedAt) || given.length === 0) return 'unsigned';
  const isRight = secrets.some((secret) => {
    const wanted = createHmac('sha256', secret).update(`${signedAt}.`).update(body).digest();
    return given.some(([, digits = '']) => isEqual(wanted, Buffer.from(digits, 'hex')));
  });
  if (!isRight) return 'signature';
  return Math.abs(now.getTime() / 1000 - Number(signedAt)) > toleranceSeconds ? 'too_old' : null;
}

function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

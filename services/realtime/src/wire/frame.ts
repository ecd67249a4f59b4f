/** A payload as it travels: the text of a JSON value, or bytes that only clients understand. */
export type Payload =
  | { readonly kind: 'json'; readonly json: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer };

/** What a client sent, whichever serializer it speaks. */
export interface ClientFrame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  /** The parsed JSON payload; null with `broadcast`. */
  readonly payload: unknown;
  /** A broadcast that came as bytes of its own, outside the JSON of the frame. */
  readonly broadcast: UserBroadcast | null;
}

/** What members of a channel send each other. */
export interface UserBroadcast {
  readonly event: string;
  readonly payload: Payload;
}

/** What the server says on a topic. */
export interface ServerFrame {
  readonly joinRef: string | null;
  readonly ref: string | null;
  readonly topic: string;
  readonly event: string;
  /** JSON text. */
  readonly payload: string;
}

/** A broadcast on its way to members; `meta` is JSON text. */
export interface Delivery extends UserBroadcast {
  readonly topic: string;
  readonly meta: string | null;
}

/** One of the two forms clients speak, chosen by `vsn` for the whole connection. */
export interface Serializer {
  /** Null when the frame is none of this protocol. */
  readonly decode: (data: Buffer, isBinary: boolean) => ClientFrame | null;
  readonly encode: (frame: ServerFrame) => string;
  /** Null when this form cannot carry it. */
  readonly encodeDelivery: (delivery: Delivery) => string | Buffer | null;
}

/** A reference a client chose; longer ones are nobody's. */
const MAX_REF_LETTERS = 255;
/** Letters of a topic, its prefix included. */
export const MAX_TOPIC_LETTERS = 1024;
const MAX_EVENT_LETTERS = 1024;

/** Checks the members every frame has. Null when one of them is not what it has to be. */
export function clientFrame(
  joinRef: unknown,
  ref: unknown,
  topic: unknown,
  event: unknown,
  payload: unknown,
): ClientFrame | null {
  if (typeof topic !== 'string' || topic.length > MAX_TOPIC_LETTERS) return null;
  if (typeof event !== 'string' || event.length > MAX_EVENT_LETTERS) return null;
  const refs = [asRef(joinRef), asRef(ref)];
  if (refs.includes(undefined)) return null;
  return { joinRef: refs[0] ?? null, ref: refs[1] ?? null, topic, event, payload, broadcast: null };
}

/** Some clients count with numbers. */
function asRef(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value.length <= MAX_REF_LETTERS ? value : undefined;
}

/** The payload of event `broadcast`, as JSON text: what every client can read. */
export function broadcastPayload({ event, payload, meta }: Delivery): string | null {
  if (payload.kind === 'binary') return null;
  const tail = meta === null ? '' : `,"meta":${meta}`;
  return `{"type":"broadcast","event":${JSON.stringify(event)},"payload":${payload.json}${tail}}`;
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}

/** A JSON object, not an array and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ForeignNews } from '@ashlar/postgres';

/** What one process tells others of a project's log, in a chain that shows when some of it did not come. */
export interface ChainedNews {
  readonly news: ForeignNews;
  /** Of the news told before this by the same reader; null for its first. */
  readonly previous: string | null;
  /** All that others want of this piece of the log was told with it. */
  readonly isLast: boolean;
}

const DIGEST_BYTES = 32;

/** Whoever gets on to the messaging server without the instance's secret can make nobody believe in an event. */
export class NewsCodec {
  readonly #key: Buffer;

  /** @param secret The same in all processes of an instance. */
  constructor(secret: string) {
    this.#key = createHmac('sha256', secret).update('foreign-news').digest();
  }

  encode(project: string, { news, previous, isLast }: ChainedNews): Uint8Array {
    const { xid, position, events } = news;
    const rows = events.map(({ logged: { event, seq, sizeBytes }, isEarly }) => ({
      event,
      seq: String(seq),
      sizeBytes,
      isEarly,
    }));
    const body = Buffer.from(JSON.stringify({ xid, position, previous, isLast, events: rows }));
    return Buffer.concat([this.#sign(project, body), body]);
  }

  /** @returns null for what no process of this instance has written about this project. */
  decode(project: string, bytes: Uint8Array): ChainedNews | null {
    if (bytes.byteLength <= DIGEST_BYTES) return null;
    const body = Buffer.from(bytes.subarray(DIGEST_BYTES));
    if (!timingSafeEqual(bytes.subarray(0, DIGEST_BYTES), this.#sign(project, body))) return null;
    // Written by `encode`, as the signature shows.
    const { xid, position, previous, isLast, events } = JSON.parse(body.toString('utf8')) as Written;
    const news = {
      xid,
      position,
      events: events.map(({ event, seq, sizeBytes, isEarly }) => ({
        logged: { event, seq: BigInt(seq), sizeBytes },
        isEarly,
      })),
    };
    return { news, previous, isLast };
  }

  #sign(project: string, body: Buffer): Buffer {
    return createHmac('sha256', this.#key).update(`${project}\n`).update(body).digest();
  }
}

interface Written {
  readonly xid: number | null;
  readonly position: string | null;
  readonly previous: string | null;
  readonly isLast: boolean;
  readonly events: readonly {
    readonly event: ForeignNews['events'][number]['logged']['event'];
    readonly seq: string;
    readonly sizeBytes: number;
    readonly isEarly: boolean;
  }[];
}

import type { Relay } from '@ashlar/bus';
import type { ForeignNews } from '@ashlar/postgres';
import type { ChainedNews, NewsCodec } from './foreign-news.ts';

export const NEWS_KIND = 'events';

/** Larger ones are read from the event log; a relay takes 512 KiB. */
const MAX_EVENT_BYTES = 256 * 1024;
const MAX_NEWS_BYTES = 512 * 1024;
/** A transaction that changes between types more often is read from the event log. */
const MAX_PIECES = 64;
/** Then even those who hear no news, such as processes of an older version, or whose news were lost, come and look. */
const SIGNAL_AFTER_MS = 1_000;

export interface NewsSenderOptions {
  readonly ref: string;
  /** null: there is no way for events to other processes. */
  readonly relay: Relay | null;
  readonly codec: NewsCodec;
  /** Makes the other processes look into the event log. */
  readonly signal: (xid: number | null) => void;
}

/** Tells other processes of one project's events: what the relay does not take, they look for themselves. */
export class NewsSender {
  readonly #options: NewsSenderOptions;
  /** Also of what was not taken: the next news then shows that something is missing. */
  #last: string | null = null;
  #lastXid: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: NewsSenderOptions) {
    this.#options = options;
  }

  /** Never waits. */
  tell(news: ForeignNews): void {
    const { relay, signal } = this.#options;
    const { position, xid } = news;
    if (relay === null || position === null) {
      signal(xid);
      return;
    }
    const pieces = piecesOf(news, position);
    if (pieces.length > MAX_PIECES) {
      this.#last = position;
      signal(xid);
      return;
    }
    for (const piece of pieces) {
      const previous = this.#last;
      this.#last = piece.news.position;
      void this.#send(relay, { ...piece, previous });
    }
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Who has heard the news knows by the transaction that there is nothing to look for. */
  #signalLater(xid: number | null): void {
    this.#lastXid = xid;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#options.signal(this.#lastXid);
    }, SIGNAL_AFTER_MS).unref();
  }

  async #send(relay: Relay, { type, ...chained }: Piece & ChainedNews): Promise<void> {
    const { ref, codec, signal } = this.#options;
    const { news } = chained;
    const position = news.position ?? '';
    const sizeBytes = news.events.reduce((sum, { logged }) => sum + logged.sizeBytes, 0);
    const bytes = sizeBytes > MAX_EVENT_BYTES ? null : codec.encode(ref, chained);
    const isTaken =
      bytes !== null &&
      bytes.byteLength <= MAX_NEWS_BYTES &&
      (await relay.publish({ project: ref, kind: NEWS_KIND, type, position, bytes }).catch(() => false));
    if (isTaken) this.#signalLater(news.xid);
    else signal(news.xid);
  }
}

interface Piece extends Omit<ChainedNews, 'previous'> {
  readonly type: string;
}

/** Events of one type that follow each other: what has a type is told under it, and the order of a transaction is kept. */
function piecesOf({ xid, events }: ForeignNews, position: string): readonly Piece[] {
  const runs: ForeignNews['events'][number][][] = [];
  for (const one of events) {
    const run = runs.at(-1);
    if (run?.[0]?.logged.event.type === one.logged.event.type) run.push(one);
    else runs.push([one]);
  }
  return runs.map((run, index) => ({
    type: run[0]?.logged.event.type ?? '',
    news: { xid, position: `${position}-${index}`, events: run },
    isLast: index === runs.length - 1,
  }));
}

import type { Relay } from '@ashlar/bus';
import type { ForeignNews } from '@ashlar/postgres';
import type { NewsCodec } from './foreign-news.ts';

export const NEWS_TYPE = 'events';

/** Larger ones are read from the event log; a relay takes 512 KiB. */
const MAX_EVENT_BYTES = 256 * 1024;
const MAX_NEWS_BYTES = 512 * 1024;
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
    const previous = this.#last;
    this.#last = position;
    void this.#send(relay, position, { news, previous });
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

  async #send(relay: Relay, position: string, chained: { news: ForeignNews; previous: string | null }): Promise<void> {
    const { ref, codec, signal } = this.#options;
    const { news } = chained;
    const sizeBytes = news.events.reduce((sum, { logged }) => sum + logged.sizeBytes, 0);
    const bytes = sizeBytes > MAX_EVENT_BYTES ? null : codec.encode(ref, chained);
    const isTaken =
      bytes !== null &&
      bytes.byteLength <= MAX_NEWS_BYTES &&
      (await relay.publish({ project: ref, type: NEWS_TYPE, position, bytes }).catch(() => false));
    if (isTaken) this.#signalLater(news.xid);
    else signal(news.xid);
  }
}

import {
  createLogStream,
  deliverEvents,
  type EventDelivery,
  type ForeignNews,
  type LogStream,
  type LogStreamOptions,
  type ProjectDatabase,
  type Subscription,
} from '@ashlar/postgres';
import type { LogListener, LogListening } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { ChainedNews } from './foreign-news.ts';
import { type ChangeFeed, Listening } from './listening.ts';

export interface FollowedProjectOptions {
  readonly ref: string;
  readonly access: LogStreamOptions['access'];
  readonly observe: Observe;
  /** null: listeners read beside the process that reads for the deliveries. */
  readonly feed: ChangeFeed | null;
  /** This process reads the log, and there may be something in it for consumers of others. */
  readonly onForeign: (news: ForeignNews) => void;
  /** Another process reads the log, and does not know yet whom this one serves. */
  readonly onStandby: () => void;
  /** It is about to read the log for deliveries. */
  readonly onStarting: () => void;
  /** Nobody listens any more. */
  readonly onUnheard: () => void;
}

/** What a delivery is made of; known once the project has woken in this process. */
export interface Served {
  readonly database: ProjectDatabase;
  readonly subscriptions: readonly Subscription[];
}

/** Signals come a second after the news they are of. */
const MAX_HEARD_XIDS = 10_000;

/**
 * The log of one project in this process: read while somebody listens, or while the project is in use and services
 * want its events.
 */
export class FollowedProject {
  readonly #options: FollowedProjectOptions;
  readonly #listening: Listening;
  #served: Served | null = null;
  #stream: LogStream | null = null;
  #delivery: EventDelivery | null = null;
  #forgetNextUse: () => void = () => undefined;
  /** The last news heard from the process that reads. */
  #heard: string | null = null;
  /** Transactions of the last news. */
  readonly #heardXids = new Set<number>();
  #isLeft = false;
  /** One change after the other. */
  #line: Promise<void> = Promise.resolve();

  constructor(options: FollowedProjectOptions) {
    this.#options = options;
    this.#listening = new Listening(options);
  }

  get isDelivering(): boolean {
    return this.#delivery !== null;
  }

  get isHeard(): boolean {
    return this.#listening.isHeard;
  }

  get isLeft(): boolean {
    return this.#isLeft;
  }

  /** On the clock of `performance.now()`. */
  get usedAt(): number {
    return this.#served?.database.usedAt ?? 0;
  }

  listen(listener: LogListener): LogListening {
    const heard = this.#listening.add(listener);
    if (!this.#isLeft) this.#seat();
    return heard;
  }

  /** The project is awake: its events are delivered, and those who listened before it left hear it again. */
  wake(served: Served): void {
    this.#served = served;
    this.#start();
  }

  /** Goes on after a rest. */
  resume(): void {
    this.#start();
  }

  /**
   * Lets the log go, and what the server keeps of it, when nobody listens and nothing is left to do; the next use of
   * the project brings it back, and what was emitted meanwhile is read from the event log.
   *
   * @param idleMs For how long the project has to be out of use.
   */
  rest(idleMs: number): Promise<void> {
    return this.#inLine(async () => {
      const { database } = this.#served ?? {};
      if (this.#delivery === null || database === undefined || this.isHeard) return;
      // One that has only begun does not know yet what is left to do.
      const state = this.#stream?.status().state;
      if (state !== 'reading' && state !== 'standby') return;
      if (performance.now() - database.usedAt < idleMs || !(await this.#delivery.isQuiet())) return;
      // Before the end of the delivery, which a use in between must bring back.
      this.#forgetNextUse = database.onNextUse(() => this.#start());
      const stream = this.#stream;
      await this.#close();
      await stream?.forget();
    });
  }

  /** Reads the event log for consumers whom the process that reads the stream does not serve. */
  look(xid: number | null): void {
    void this.#inLine(async () => {
      if (xid !== null && this.#heardXids.has(xid)) return;
      if (this.#stream?.status().state !== 'reading') await this.#delivery?.look(xid);
    });
  }

  /** News of the process that reads the stream. Where some before them are missing, the event log has them. */
  hear({ news, previous, isLast }: ChainedNews): void {
    void this.#inLine(async () => {
      if (this.#stream?.status().state === 'reading') return;
      const isNext = previous !== null && previous === this.#heard;
      this.#heard = news.position;
      // Until then a signal about this transaction is worth looking after.
      if (isLast && news.xid !== null) this.#noteHeard(news.xid);
      if (isNext && this.#delivery?.hear(news) === true) return;
      await this.#delivery?.look(news.xid);
    });
  }

  /** Another process serves consumers that this one may not have known of. */
  lookForOthers(): void {
    void this.#inLine(async () => {
      if (this.#stream?.status().state === 'reading') await this.#delivery?.lookForOthers();
    });
  }

  /** Its database is about to go; who listens goes on when it wakes again. */
  leave(): Promise<void> {
    this.#isLeft = true;
    this.#served = null;
    this.#forgetNextUse();
    return this.#inLine(() => this.#close());
  }

  #noteHeard(xid: number): void {
    this.#heardXids.add(xid);
    const [oldest] = this.#heardXids;
    if (this.#heardXids.size > MAX_HEARD_XIDS && oldest !== undefined) this.#heardXids.delete(oldest);
  }

  #start(): void {
    void this.#inLine(() => {
      if (this.#served === null) return;
      this.#isLeft = false;
      this.#deliver(this.#served);
      if (this.isHeard) this.#seat();
    });
  }

  #deliver({ database, subscriptions }: Served): void {
    if (subscriptions.length === 0 || this.#delivery !== null) return;
    const { ref: project, observe, onForeign, onStarting } = this.#options;
    this.#forgetNextUse();
    onStarting();
    const stream = this.#open();
    this.#delivery = deliverEvents({ project, database, stream, observe, subscriptions, onForeign });
  }

  #seat(): void {
    if (this.#listening.needsMain) this.#open();
    this.#listening.seat();
  }

  #open(): LogStream {
    if (this.#stream !== null) return this.#stream;
    const { ref: project, access, observe } = this.#options;
    const stream = createLogStream({
      project,
      access,
      observe,
      onState: (state) => {
        if (state === 'standby') this.#options.onStandby();
        this.#listening.follow(state);
      },
    });
    this.#stream = stream;
    this.#listening.open(stream);
    return stream;
  }

  async #close(): Promise<void> {
    const [delivery, stream] = [this.#delivery, this.#stream];
    this.#heard = null;
    this.#heardXids.clear();
    this.#delivery = null;
    this.#stream = null;
    const unheard = this.#listening.close();
    await delivery?.close();
    await Promise.all([stream?.close(), unheard]);
  }

  #inLine(task: () => void | Promise<void>): Promise<void> {
    this.#line = this.#line.then(task).catch((error: unknown) => {
      const { ref: project, observe } = this.#options;
      observe({ kind: 'stream.consumer-failed', project, consumer: 'events', error });
    });
    return this.#line;
  }
}

import type { Bus } from '@ashlar/bus';
import { createLogStream, type LogStream, type LogStreamOptions, type LogStreamStatus } from '@ashlar/postgres';
import type { LogListener, LogListening } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { ChangeReceiver } from './changes/change-receiver.ts';
import { ChangeSender } from './changes/change-sender.ts';
import { type LogSource, PassingListeners } from './passing-listeners.ts';

/** The way by which the process that reads a log tells others of changes. */
export interface ChangeFeed {
  readonly bus: Bus;
  /** Name of this process, which no other has. */
  readonly self: string;
}

export interface ListeningOptions {
  readonly ref: string;
  readonly access: LogStreamOptions['access'];
  readonly observe: Observe;
  /** null: where another process reads, this one reads beside it. */
  readonly feed: ChangeFeed | null;
  /** Nobody listens any more. */
  readonly onUnheard: () => void;
}

interface Seat {
  readonly stream: LogStream;
  readonly source: LogSource;
}

/**
 * Where the listeners of one project hear its log: from the stream this process reads for deliveries, from the process
 * that does, or, where there is no way to hear that one, from a stream of their own.
 */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #listeners: PassingListeners;
  #main: Seat | null = null;
  #aside: Seat | null = null;
  #sender: ChangeSender | null = null;
  #receiver: { readonly receiver: ChangeReceiver; readonly source: LogSource } | null = null;

  constructor(options: ListeningOptions) {
    this.#options = options;
    this.#listeners = new PassingListeners(() => this.#unheard());
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** They have to have a stream, be it nobody else's. */
  get needsMain(): boolean {
    return this.#options.feed === null || this.#listeners.interest === null;
  }

  add(listener: LogListener): LogListening {
    return this.#listeners.add(listener);
  }

  /** Gives those who listen something to hear, unless they have it. */
  seat(): void {
    if (!this.isHeard) return;
    this.#openFeed();
    if (this.#main === null || this.#main.stream.status().state === 'standby') this.#stepAside();
    else if (!this.#listeners.isSeated) this.#listeners.moveTo(this.#main.source);
  }

  /** @param stream What this process reads, or will, once nobody else does. */
  open(stream: LogStream): void {
    this.#main = seatOf(stream);
    if (this.#options.feed !== null) this.#openSender();
    if (!this.#listeners.isSeated) this.#listeners.moveTo(this.#main.source);
  }

  /** The state of that stream has changed. */
  follow(state: LogStreamStatus['state']): void {
    if (state === 'standby') {
      this.#sender?.end();
      if (this.isHeard) this.#stepAside();
    }
    if (state === 'reading' && this.#main !== null) {
      const { stream, source } = this.#main;
      this.#listeners.moveTo(source, this.#goesOn(stream));
      this.#receiver?.receiver.rest();
      void this.#endAside();
      this.#sender?.begin(stream, true);
    }
  }

  /** Whoever listens hears nothing until `seat` or `open`. */
  async close(): Promise<void> {
    this.#listeners.moveTo(null);
    this.#main = null;
    this.#closeReceiver();
    this.#closeSender();
    await this.#endAside();
  }

  /** What was heard ends after the place where the stream began. */
  #goesOn(stream: LogStream): boolean {
    const { start } = stream.status();
    const { heard } = this.#listeners;
    if (start === null || heard === null || !start.isContinued) return false;
    return start.history === heard.history && start.lsn <= heard.lsn;
  }

  #stepAside(): void {
    this.#openFeed();
    if (this.#receiver === null) {
      this.#openAside();
      return;
    }
    if (this.#aside !== null) return;
    this.#receiver.receiver.activate();
    this.#listeners.moveTo(this.#receiver.source);
  }

  #openFeed(): void {
    const { feed, ref, observe } = this.#options;
    if (feed === null) return;
    if (this.#listeners.interest === null) {
      this.#closeReceiver();
      return;
    }
    if (this.#receiver !== null) return;
    this.#openSender();
    const receiver = new ChangeReceiver({
      ...feed,
      ref,
      observe,
      interest: () => this.#listeners.interest ?? [],
      heard: () => this.#listeners.heard,
      onState: (isHeard) => this.#onHeard(isHeard),
    });
    const source: LogSource = {
      attach: (consumer) => receiver.attach(consumer),
      history: () => receiver.history,
      renew: () => receiver.renew(),
    };
    this.#receiver = { receiver, source };
  }

  #onHeard(isHeard: boolean): void {
    if (!isHeard) {
      this.#openAside();
      return;
    }
    this.#listeners.moveTo(this.#receiver?.source ?? null);
    void this.#endAside();
  }

  /** Without deliveries it stands by for nobody: it begins where the log is now. */
  #openAside(): void {
    if (this.#aside === null) {
      const { ref: project, access, observe } = this.#options;
      const stream = createLogStream({
        project,
        access,
        observe,
        onState: (state) => {
          if (state === 'reading' && this.#aside?.stream === stream) this.#sender?.begin(stream, false);
        },
      });
      this.#aside = seatOf(stream);
    }
    this.#listeners.moveTo(this.#aside.source);
  }

  async #endAside(): Promise<void> {
    const aside = this.#aside;
    if (aside === null) return;
    this.#aside = null;
    this.#sender?.end();
    await aside.stream.close();
  }

  #openSender(): void {
    const { feed, ref } = this.#options;
    if (feed !== null) this.#sender ??= new ChangeSender({ ...feed, ref });
  }

  #closeSender(): void {
    this.#sender?.close();
    this.#sender = null;
  }

  #closeReceiver(): void {
    this.#receiver?.receiver.close();
    this.#receiver = null;
  }

  #unheard(): void {
    this.#closeReceiver();
    void this.#endAside();
    this.#listeners.moveTo(this.#main?.source ?? null);
    if (this.#main === null) this.#closeSender();
    this.#options.onUnheard();
  }
}

function seatOf(stream: LogStream): Seat {
  const source: LogSource = {
    attach: (consumer) => stream.attach(consumer),
    history: () => stream.status().start?.history ?? null,
  };
  return { stream, source };
}

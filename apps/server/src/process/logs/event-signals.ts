import { setTimeout as delay } from 'node:timers/promises';
import type { ProjectDatabase } from '@ashlar/postgres';

const CHANNEL = 'ashlar_event_signals';
/** What is told within this time is told at once. */
const GATHER_MS = 20;
/** While the control database is away; its return makes everybody look anyway. */
const ATTEMPTS = 5;
const RETRY_MS = 500;

export interface EventSignal {
  readonly ref: string;
  /**
   * `events`: there may be something in the event log for consumers whom the reading process does not serve, up to
   * this transaction. `served`: a process that stands by serves consumers of this project.
   */
  readonly kind: 'events' | 'served';
  readonly xid: number | null;
}

export interface SignalListener {
  onSignal(signal: EventSignal): void;
  /** Signals may have been missed. */
  onMissed(): void;
}

/**
 * How processes of an instance that serve different consumers tell each other that there is work: notifications of the
 * control database, to which all of them listen. They carry no event; what there is to do stands in `events.log`.
 */
export class EventSignals {
  readonly #control: ProjectDatabase;
  readonly #waiting = new Map<string, EventSignal>();
  #sending: Promise<void> | null = null;
  #listening: Promise<{ stop(): Promise<void> }> | null = null;

  constructor(control: ProjectDatabase) {
    this.#control = control;
  }

  async listen(listener: SignalListener): Promise<void> {
    this.#listening = this.#control.listen(
      CHANNEL,
      ({ payload }) => {
        const signal = parse(payload);
        if (signal !== null) listener.onSignal(signal);
      },
      () => listener.onMissed(),
    );
    await this.#listening;
  }

  /** Never waits. */
  tell(signal: EventSignal): void {
    this.#waiting.set(`${signal.kind} ${signal.ref}`, signal);
    this.#sending ??= this.#send();
  }

  async close(): Promise<void> {
    const listening = await this.#listening?.catch(() => null);
    await listening?.stop();
    await this.#sending;
  }

  async #send(): Promise<void> {
    while (this.#waiting.size > 0) {
      await delay(GATHER_MS);
      const payloads = [...this.#waiting.values()].map((signal) => JSON.stringify(signal));
      this.#waiting.clear();
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        if (await this.#notify(payloads)) break;
        await delay(RETRY_MS * attempt);
      }
    }
    this.#sending = null;
  }

  #notify(payloads: readonly string[]): Promise<boolean> {
    return this.#control
      .transaction({ login: 'platform', role: 'control' }, (tx) =>
        tx.query('select pg_notify($1, p) from unnest($2::text[]) p', [CHANNEL, payloads]),
      )
      .then(
        () => true,
        () => false,
      );
  }
}

/** Written by another process of the instance, maybe of another version. */
function parse(payload: string): EventSignal | null {
  try {
    const { ref, kind, xid }: Record<string, unknown> = JSON.parse(payload);
    if (typeof ref !== 'string' || (kind !== 'events' && kind !== 'served')) return null;
    return { ref, kind, xid: typeof xid === 'number' ? xid : null };
  } catch {
    return null;
  }
}

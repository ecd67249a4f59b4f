import type { LogAttachment, LogBatch, LogCommit, LogConsumer, Lsn } from '@ashlar/postgres';
import type { LogListener, LogListening, TablePattern } from '@ashlar/service';
import type { Heard } from './changes/change-receiver.ts';
import { unionOf } from './changes/interest.ts';

/** Where a process may hear a project's log from. */
export interface LogSource {
  attach(consumer: LogConsumer): LogAttachment;
  /** The history of the server that positions are of; null while it hears nothing. */
  history(): string | null;
  /** For a source that tells only what is wanted: resolves once that is so for all of it; null when it tells no more. */
  renew?(): Promise<Lsn | null>;
}

interface Place {
  readonly listener: LogListener;
  attachment: LogAttachment | null;
  /** The last transaction it was told all of. */
  told: LogCommit | null;
}

/** Those who hear what is committed in one project, wherever this process happens to hear it from. */
export class PassingListeners {
  readonly #places = new Set<Place>();
  readonly #onEmpty: () => void;
  #source: LogSource | null = null;
  #moved = Promise.withResolvers<void>();
  #heard: Heard | null = null;
  /** All tables were told of after this, for a source that tells of all. */
  #wholeSince: Lsn = 0n;

  /** @param onEmpty Called when the last one has left. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#places.size;
  }

  get isSeated(): boolean {
    return this.#source !== null;
  }

  /** Where they have heard everything of interest up to; null when nobody can say. */
  get heard(): Heard | null {
    return this.#heard;
  }

  /** The tables all of them want; null when somebody wants everything. */
  get interest(): readonly TablePattern[] | null {
    const interests = [...this.#places].map(({ listener }) => listener.interest?.());
    return interests.every((interest) => interest !== undefined) ? unionOf(interests) : null;
  }

  add(listener: LogListener): LogListening {
    const place: Place = { listener, attachment: null, told: null };
    this.#places.add(place);
    this.#attach(place, false);
    return {
      renew: () => this.#renew(),
      detach: () => {
        if (!this.#places.delete(place)) return;
        place.attachment?.detach();
        if (this.#places.size === 0) this.#onEmpty();
      },
    };
  }

  /**
   * @param source null: they hear nothing for now.
   * @param isContinued It begins before what they have heard ends, and they are told of nothing twice; otherwise they
   *   are told, unless the source knows better, that the log begins anew.
   */
  moveTo(source: LogSource | null, isContinued = false): void {
    if (source === this.#source) return;
    for (const { attachment } of this.#places) attachment?.detach();
    this.#source = source;
    this.#wholeSince = this.#heard?.lsn ?? 0n;
    for (const place of this.#places) this.#attach(place, isContinued);
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  async #renew(): Promise<Lsn> {
    for (;;) {
      const source = this.#source;
      const moved = this.#moved.promise;
      const since = source?.renew === undefined ? this.#wholeSince : await source.renew();
      if (source !== null && source === this.#source && since !== null) return since;
      if (source === this.#source) await moved;
    }
  }

  #attach(place: Place, isContinued: boolean): void {
    const { listener } = place;
    const source = this.#source;
    let isFirst = true;
    place.attachment =
      source?.attach({
        name: listener.name,
        isDurable: false,
        // A listener may be an object of a class, whose methods a copy would not have.
        onStart: (start) => {
          const goesOn = start.isContinued || (isFirst && isContinued);
          isFirst = false;
          if (!goesOn) this.#heard = null;
          return listener.onStart({ isContinued: goesOn });
        },
        onBatch: (batch) => {
          const answer = tell(place, batch);
          if (batch.endLsn !== null) this.#reach(source, batch.endLsn);
          return answer;
        },
        onNote: (note) => listener.onNote?.(note),
        onQuiet: (walEnd) => this.#reach(source, walEnd),
      }) ?? null;
  }

  #reach(source: LogSource, lsn: Lsn): void {
    const history = source.history();
    if (history === null) return;
    if (this.#heard?.history === history && this.#heard.lsn >= lsn) return;
    this.#heard = { lsn, history };
  }
}

/** A slot that was another process's begins where that one left off, which may be before what was heard meanwhile. */
function tell(place: Place, batch: LogBatch): void | Promise<void> {
  const { listener, told } = place;
  const { commit, isLast } = batch;
  // The time as well: positions begin anew in another history of the server.
  if (told !== null && commit.commitLsn <= told.commitLsn && commit.commitAt <= told.commitAt) return undefined;
  if (isLast) place.told = commit;
  return listener.onBatch(batch);
}

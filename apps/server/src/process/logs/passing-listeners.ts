import type { LogAttachment, LogBatch, LogCommit, LogStream } from '@ashlar/postgres';
import type { LogListener } from '@ashlar/service';

interface Place {
  readonly listener: LogListener;
  attachment: LogAttachment | null;
  /** The last transaction it was told all of. */
  told: LogCommit | null;
}

/** Those who hear what is committed in one project, wherever this process happens to read it from. */
export class PassingListeners {
  readonly #places = new Set<Place>();
  readonly #onEmpty: () => void;
  #stream: LogStream | null = null;

  /** @param onEmpty Called when the last one has left. */
  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  get size(): number {
    return this.#places.size;
  }

  add(listener: LogListener): LogAttachment {
    const place: Place = { listener, attachment: null, told: null };
    this.#places.add(place);
    this.#attach(place);
    return {
      acknowledge: () => undefined,
      detach: () => {
        if (!this.#places.delete(place)) return;
        place.attachment?.detach();
        if (this.#places.size === 0) this.#onEmpty();
      },
    };
  }

  /** They are told that the log begins anew. @param stream null: they hear nothing for now. */
  moveTo(stream: LogStream | null): void {
    if (stream === this.#stream) return;
    for (const place of this.#places) place.attachment?.detach();
    this.#stream = stream;
    for (const place of this.#places) this.#attach(place);
  }

  #attach(place: Place): void {
    const { listener } = place;
    place.attachment =
      this.#stream?.attach({
        name: listener.name,
        isDurable: false,
        // A listener may be an object of a class, whose methods a copy would not have.
        onStart: (start) => listener.onStart(start),
        onBatch: (batch) => tell(place, batch),
        onNote: (note) => listener.onNote?.(note),
      }) ?? null;
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

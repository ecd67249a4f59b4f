import type { AshlarError } from './errors.ts';

/** What a pure decision of the domain comes to: the facts that follow, or why it may not be. */
export type Decision<Event> = Accepted<Event> | Refused;

export interface Accepted<Event> {
  readonly accepted: true;
  /** In the order they happened; none when there was nothing left to do. */
  readonly events: readonly Event[];
}

/** Also what a use case returns instead of a result: its transaction is undone and the error told. */
export interface Refused {
  readonly accepted: false;
  readonly error: AshlarError;
}

export function accept<Event>(...events: readonly Event[]): Accepted<Event> {
  return { accepted: true, events };
}

/** Says no in words of a catalogue; one object per refusal, so that it can be told from any result. */
export function refuse(error: AshlarError): Refused {
  return new Refusal(error);
}

export function isRefused(value: unknown): value is Refused {
  return value instanceof Refusal;
}

class Refusal implements Refused {
  readonly accepted = false;
  readonly error: AshlarError;

  constructor(error: AshlarError) {
    this.error = error;
  }
}

import fc from 'fast-check';

export const TTL_MS = 60_000;

export type Verb =
  | 'receive'
  | 'issue'
  | 'hold'
  | 'hold for a minute'
  | 'ship'
  | 'release'
  | 'lose'
  | 'find'
  | 'send away'
  | 'arrive'
  | 'reverse'
  | 'count';

export interface Step {
  readonly verb: Verb;
  readonly pieces: number;
  /** Which of the holds, transfers or documents made so far, counted round. */
  readonly which: number;
  /** `repeat`: sent twice under one key. `cut`: given up half-way, and sent again under its key. `dry`: only tried. */
  readonly manner: 'plain' | 'repeat' | 'cut' | 'dry';
}

export interface Round {
  /** All at once when there are several. */
  readonly steps: readonly Step[];
  readonly minutesLater: number;
}

const ALONE: readonly Verb[] = ['count'];
const VERBS: readonly Verb[] = [
  'receive',
  'receive',
  'issue',
  'hold',
  'hold',
  'hold for a minute',
  'ship',
  'release',
  'lose',
  'find',
  'send away',
  'arrive',
  'reverse',
];

const stepOf = (verbs: readonly Verb[]): fc.Arbitrary<Step> =>
  fc.record({
    verb: fc.constantFrom(...verbs),
    pieces: fc.integer({ min: 1, max: 8 }),
    which: fc.nat(7),
    manner: fc.constantFrom('plain', 'plain', 'plain', 'repeat', 'cut', 'dry'),
  });

/** Rounds of commands, most of one and some of several at once. */
export const rounds: fc.Arbitrary<readonly Round[]> = fc.array(
  fc.record({
    steps: fc.oneof(
      { weight: 3, arbitrary: fc.array(stepOf([...VERBS, ...ALONE]), { minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: fc.array(stepOf(VERBS), { minLength: 2, maxLength: 5 }) },
    ),
    minutesLater: fc.constantFrom(0, 0, 0, 2),
  }),
  { minLength: 1, maxLength: 8 },
);

interface Hold {
  readonly id: string;
  pieces: number;
  readonly until: number;
  over: boolean;
}
interface Transfer {
  readonly id: string;
  readonly pieces: number;
  arrived: boolean;
}
interface Posted {
  readonly id: string;
  /** Above zero for what came in. */
  readonly pieces: number;
  reversed: boolean;
}

/** What a step is about: one of those made before, by its id. */
export type Target = string | undefined;

/** What a shop with a shelf and a back room must come to: nothing here knows of ledgers, locks or rows. */
export class StockModel {
  onHand = 0;
  inTransit = 0;
  inBackRoom = 0;
  readonly #holds: Hold[] = [];
  readonly #transfers: Transfer[] = [];
  readonly #documents: Posted[] = [];

  held(now: number): number {
    return this.#holds.reduce((sum, hold) => sum + (hold.over || hold.until <= now ? 0 : hold.pieces), 0);
  }

  free(now: number): number {
    return this.onHand - this.held(now);
  }

  /** Which of what was made before a step means. */
  target({ verb, which }: Step): Target {
    const made =
      verb === 'ship' || verb === 'release'
        ? this.#holds
        : verb === 'arrive'
          ? this.#transfers
          : verb === 'reverse'
            ? this.#documents
            : [];
    return made.length === 0 ? undefined : made[which % made.length]?.id;
  }

  allows({ verb, pieces }: Step, target: Target, now: number): boolean {
    switch (verb) {
      case 'receive':
      case 'find':
        return true;
      case 'issue':
      case 'lose':
      case 'hold':
      case 'hold for a minute':
      case 'send away':
        return this.free(now) >= pieces;
      case 'count':
        return this.free(now) >= this.onHand - countedBy(pieces, this.onHand);
      case 'ship': {
        const hold = this.#holds.find(({ id }) => id === target);
        return hold !== undefined && !hold.over && hold.until > now && hold.pieces >= pieces;
      }
      case 'release':
        return target !== undefined;
      case 'arrive':
        return this.#transfers.some(({ id, arrived }) => id === target && !arrived);
      case 'reverse': {
        const document = this.#documents.find(({ id }) => id === target);
        return document !== undefined && !document.reversed && this.free(now) >= document.pieces;
      }
    }
  }

  /** What a step that was accepted changes. @param made Id of what it made, if anything. */
  apply({ verb, pieces }: Step, target: Target, now: number, made: string): void {
    switch (verb) {
      case 'receive':
      case 'find':
        this.onHand += pieces;
        this.#documents.push({ id: made, pieces, reversed: false });
        return;
      case 'issue':
      case 'lose':
        this.onHand -= pieces;
        this.#documents.push({ id: made, pieces: -pieces, reversed: false });
        return;
      case 'hold':
        this.#holds.push({ id: made, pieces, until: Infinity, over: false });
        return;
      case 'hold for a minute':
        this.#holds.push({ id: made, pieces, until: now + TTL_MS, over: false });
        return;
      case 'ship': {
        const hold = found(this.#holds, target, verb);
        this.onHand -= pieces;
        hold.pieces -= pieces;
        // Of two at once the release may come last, and is then applied first: what was given up stays given up.
        hold.over ||= hold.pieces === 0;
        this.#documents.push({ id: made, pieces: -pieces, reversed: false });
        return;
      }
      case 'release':
        found(this.#holds, target, verb).over = true;
        return;
      case 'send away':
        this.onHand -= pieces;
        this.inTransit += pieces;
        this.#transfers.push({ id: made, pieces, arrived: false });
        return;
      case 'arrive': {
        const transfer = found(this.#transfers, target, verb);
        if (transfer.arrived) throw new Error('A transfer arrived twice');
        transfer.arrived = true;
        this.inTransit -= transfer.pieces;
        this.inBackRoom += transfer.pieces;
        return;
      }
      case 'reverse': {
        const document = found(this.#documents, target, verb);
        if (document.reversed) throw new Error('A document was reversed twice');
        document.reversed = true;
        this.onHand -= document.pieces;
        return;
      }
      case 'count':
        this.onHand = countedBy(pieces, this.onHand);
    }
  }
}

/** What somebody finds who counts: some too many or too few. */
export function countedBy(pieces: number, onHand: number): number {
  return Math.max(0, onHand + pieces - 4);
}

function found<One extends { readonly id: string }>(all: readonly One[], target: Target, verb: Verb): One {
  const one = all.find(({ id }) => id === target);
  if (one === undefined) throw new Error(`${verb} of what is not there was accepted`);
  return one;
}

import { type Actor, BoundedCache } from '@ashlar/kernel';

/** Codes that do not exist, that one user may try within the window. */
const MOST_OF_USER = 10;
/** And all of an organisation together, whoever they are: a shop's own server asks for all its customers. */
const MOST_OF_ORGANISATION = 200;
const WINDOW_MS = 15 * 60_000;
/** Callers remembered at once; one that drops out begins anew. */
const MAX_CALLERS = 50_000;

export interface Guesser {
  /** Database of the project. */
  readonly project: string;
  readonly orgId: string;
  readonly actor: Actor;
}

interface Tries {
  readonly count: number;
  /** Milliseconds; then it begins anew. */
  readonly until: number;
}

/**
 * Counts codes that do not exist, so that nobody finds out by trying which do. A refused command leaves no row, so this
 * is kept by the process: of several, each lets as many through.
 */
export class CouponTries {
  readonly #tries = new BoundedCache<string, Tries>(MAX_CALLERS);

  /** Seconds until the next may be tried; 0: now. */
  waitSeconds(guesser: Guesser, now: Date): number {
    const waits = bounds(guesser).map(({ key, most }) => {
      const known = this.#tries.get(key);
      return known === undefined || known.count < most ? 0 : Math.ceil((known.until - now.getTime()) / 1000);
    });
    return Math.max(0, ...waits);
  }

  fail(guesser: Guesser, now: Date): void {
    for (const { key } of bounds(guesser)) {
      const known = this.#tries.get(key);
      const isOver = known === undefined || known.until <= now.getTime();
      this.#tries.set(
        key,
        isOver ? { count: 1, until: now.getTime() + WINDOW_MS } : { ...known, count: known.count + 1 },
      );
    }
  }
}

function bounds({ project, orgId, actor }: Guesser): readonly { readonly key: string; readonly most: number }[] {
  const organisation = { key: `${project}/${orgId}`, most: MOST_OF_ORGANISATION };
  if (actor.id === null) return [organisation];
  return [organisation, { key: `${organisation.key}/${actor.id}`, most: MOST_OF_USER }];
}

import type { Change, ChangeLevel } from '../domain/change.ts';
import { registryErrors } from '../domain/registry-errors.ts';

/** Looks at one pair of documents; a hostile pair ends here and not the process. */
const MAX_STEPS = 400_000;
/** Schemas within each other, references followed. */
const MAX_DEPTH = 200;
/** Enough for people; what comes after them changes nothing in the verdict. */
const MAX_CHANGES = 1_000;

/** What a comparison found, and how much it has worked. */
export interface Findings {
  readonly changes: readonly Change[];
  add(level: ChangeLevel, code: string, path: string, message: string): void;
  /** @throws {AshlarError} `registry.too_complex` when there were too many. */
  step(count?: number): void;
  /** Runs something one level below. @throws {AshlarError} `registry.too_complex` when it is too deep. */
  below(run: () => void): void;
  /** What a comparison finds that breaks nothing; null: it breaks something, and that is all it says. */
  trial(run: (findings: Findings) => void): readonly Change[] | null;
}

interface Budget {
  steps: number;
  depth: number;
}

export function createFindings(): Findings {
  return findingsOf({ steps: 0, depth: 0 }, false);
}

/** Ends a trial at once. */
class Broken extends Error {}

function findingsOf(budget: Budget, isTrial: boolean): Findings {
  const changes: Change[] = [];
  return {
    changes,
    add(level, code, path, message) {
      if (isTrial && level === 'breaking') throw new Broken();
      const wanted = changes.length < MAX_CHANGES || (level === 'breaking' && changes.length < 2 * MAX_CHANGES);
      if (wanted) changes.push({ level, code, path, message });
    },
    step(count = 1) {
      budget.steps += count;
      if (budget.steps > MAX_STEPS) throw registryErrors.tooComplex({ most: MAX_STEPS });
    },
    below(run) {
      if (budget.depth >= MAX_DEPTH) throw registryErrors.tooComplex({ most: MAX_DEPTH });
      budget.depth += 1;
      run();
      budget.depth -= 1;
    },
    trial(run) {
      const inner = findingsOf(budget, true);
      const { depth } = budget;
      try {
        run(inner);
        return inner.changes;
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        budget.depth = depth;
        return null;
      }
    },
  };
}

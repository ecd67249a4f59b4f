/**
 * The candidate most like a misspelt name, for "Perhaps you meant …". Candidates that share three letters in a row
 * with it, or else two, are compared by edit distance, as the fuzzy sets PostgREST uses do.
 *
 * @param cutoff Least similarity, 0 to 1: PostgREST takes 0.75 for tables and functions, 0.33 for lists of parameters.
 * @returns The candidate as given, the first of equals; null when none is similar enough.
 */
export function closest(name: string, candidates: Iterable<string>, cutoff: number): string | null {
  const wanted = normalize(name);
  const pool = [...candidates].map((candidate) => ({ candidate, normal: normalize(candidate) }));
  for (const size of GRAM_SIZES) {
    const grams = gramsOf(wanted, size);
    const sharing = pool.filter(({ normal }) => [...gramsOf(normal, size)].some((gram) => grams.has(gram)));
    if (sharing.length === 0) continue;
    let best: { readonly candidate: string; readonly score: number } | null = null;
    for (const { candidate, normal } of sharing) {
      const score = similarity(wanted, normal);
      if (score >= cutoff && score > (best?.score ?? 0)) best = { candidate, score };
    }
    return best?.candidate ?? null;
  }
  return null;
}

const GRAM_SIZES = [3, 2];
/** A caller chooses the name, and the comparison costs length times length; identifiers end at 63 bytes. */
const MAX_COMPARED_LENGTH = 128;

function normalize(name: string): string {
  return name.slice(0, MAX_COMPARED_LENGTH).toLowerCase();
}

/** The ends count as letters, so that short names and first letters weigh in. */
function gramsOf(name: string, size: number): ReadonlySet<string> {
  const padded = `-${name}-`;
  const grams = new Set<string>();
  for (let start = 0; start + size <= padded.length; start += 1) grams.add(padded.slice(start, start + size));
  return grams;
}

/** 1 for equal names, 0 for names without a letter in common place. */
function similarity(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 1 : 1 - editDistance(a, b) / longer;
}

/** Insertions, deletions and replacements from one to the other (Levenshtein), one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

import { sqlTokens } from '@ashlar/postgres';

/** What an expression is made of, as far as AND, OR and NOT go. */
export type Predicate =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Predicate[] }
  | { readonly kind: 'not'; readonly part: Predicate }
  | { readonly kind: 'leaf'; readonly expression: string };

/**
 * Takes a condition apart, as the server prints it: every operation between parentheses of its own.
 *
 * @param expression From `pg_get_expr`.
 */
export function splitPredicates(expression: string): Predicate {
  const text = withoutParentheses(expression.trim());
  const pieces = atTopLevel(text);
  const [first] = pieces.joints;
  if (pieces.hasCase || first === undefined) return leafOrNot(text);
  // The server puts parentheses around either, so both never stand beside each other.
  if (pieces.joints.some((joint) => joint !== first)) return { kind: 'leaf', expression: text };
  return { kind: first, parts: pieces.texts.map(splitPredicates) };
}

/** The conditions at the ends, each once, in the order they stand in. */
export function leavesOf(predicate: Predicate): readonly string[] {
  switch (predicate.kind) {
    case 'leaf':
      return [predicate.expression];
    case 'not':
      return leavesOf(predicate.part);
    case 'and':
    case 'or':
      return [...new Set(predicate.parts.flatMap(leavesOf))];
  }
}

function leafOrNot(text: string): Predicate {
  const negated = /^not\s+(\(.*\))$/is.exec(text)?.[1];
  return negated !== undefined && withoutParentheses(negated) !== negated
    ? { kind: 'not', part: splitPredicates(negated) }
    : { kind: 'leaf', expression: text };
}

interface Pieces {
  readonly texts: readonly string[];
  readonly joints: readonly ('and' | 'or')[];
  /** Inside of CASE, WHEN and THEN part conditions too. */
  readonly hasCase: boolean;
}

function atTopLevel(text: string): Pieces {
  const texts: string[] = [];
  const joints: ('and' | 'or')[] = [];
  let depth = 0;
  let start = 0;
  let hasCase = false;
  for (const { kind, at, end } of sqlTokens(text)) {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (kind !== 'word' || depth > 0) continue;
    const word = text.slice(at, end).toLowerCase();
    if (word === 'case') hasCase = true;
    if (word !== 'and' && word !== 'or') continue;
    texts.push(text.slice(start, at));
    joints.push(word);
    start = end;
  }
  return { texts: [...texts, text.slice(start)], joints, hasCase };
}

/** Those around all of it, as often as there are any. */
function withoutParentheses(text: string): string {
  let depth = 0;
  for (const { kind, end } of sqlTokens(text)) {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth === 0 && end < text.length) return text;
  }
  return text.startsWith('(') && text.endsWith(')') ? withoutParentheses(text.slice(1, -1).trim()) : text;
}

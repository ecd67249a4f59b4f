import { sqlTokens } from './sql-tokens.ts';

/**
 * Whether the text stays what it is between parentheses: it closes what it opens and nothing more, and holds neither a
 * semicolon nor a comment that could swallow what follows. Whether it is valid SQL the server alone knows.
 */
export function isWholeExpression(text: string): boolean {
  let depth = 0;
  let isEmpty = true;
  for (const { kind, at, end } of sqlTokens(text)) {
    const piece = text.slice(at, end);
    if (kind === 'space' && (piece.startsWith('--') || piece.startsWith('/*'))) return false;
    if (kind === 'end' || isUnclosed(piece)) return false;
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth < 0) return false;
    if (kind !== 'space') isEmpty = false;
  }
  return depth === 0 && !isEmpty;
}

/** A quote that runs to the end of the text is told apart from one that ends there. */
function isUnclosed(piece: string): boolean {
  const tag = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(piece)?.[0];
  if (tag !== undefined) return piece.length < 2 * tag.length || !piece.endsWith(tag);
  if (/^[eE]'/.test(piece)) return !/^[eE]'(?:[^'\\]|''|\\[^])*'$/.test(piece);
  if (piece.startsWith("'")) return !/^'(?:[^']|'')*'$/.test(piece);
  return piece.startsWith('"') && !/^"(?:[^"]|"")*"$/.test(piece);
}

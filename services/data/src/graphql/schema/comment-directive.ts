/** What a comment says to GraphQL: `@graphql({"name": "Account"})` somewhere in its text. */
export type CommentDirective = Readonly<Record<string, unknown>>;

const NONE: CommentDirective = {};
const OPENING = '@graphql(';

/** The directive's object; an unreadable one counts as absent, for a comment is free text. */
export function readDirective(comment: string | null | undefined): CommentDirective {
  const start = comment?.indexOf(OPENING) ?? -1;
  if (comment == null || start === -1) return NONE;
  const text = comment.slice(start + OPENING.length);
  // The object ends at some closing parenthesis; names inside it may hold others.
  for (let end = text.indexOf(')'); end !== -1; end = text.indexOf(')', end + 1)) {
    const value = parseObject(text.slice(0, end));
    if (value !== null) return value;
  }
  return NONE;
}

export function textIn(directive: CommentDirective, key: string): string | null {
  const value = directive[key];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** `{"totalCount": {"enabled": true}}` */
export function isEnabled(directive: CommentDirective, key: string): boolean {
  const value = directive[key];
  return typeof value === 'object' && value !== null && 'enabled' in value && value.enabled === true;
}

export function textsIn(directive: CommentDirective, key: string): readonly string[] {
  const value = directive[key];
  return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
}

function parseObject(text: string): CommentDirective | null {
  try {
    const value: unknown = JSON.parse(text);
    // An object that is no array has string keys, whatever its values are.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as CommentDirective) : null;
  } catch {
    return null;
  }
}

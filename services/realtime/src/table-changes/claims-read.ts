/** The policies that decide over a table, and those of the tables they look into. */
export interface PolicySources {
  /** Their expressions, as PostgreSQL writes them with an empty search path. */
  readonly expressions: readonly string[];
  /** Functions they call that are none of PostgreSQL's own: `auth.uid`. */
  readonly functions: readonly string[];
  /** They use something that cannot be looked into, such as a view. */
  readonly isOpaque: boolean;
}

/** Claims that change with every token of the same person; nobody's rights are meant to hang on them. */
const VOLATILE: ReadonlySet<string> = new Set(['exp', 'iat', 'jti', 'session_id', 'nbf']);

/** What the platform's own functions read. They belong to a role no project can become. */
const READ_BY_FUNCTION: Readonly<Record<string, readonly string[]>> = {
  'auth.uid': ['sub'],
  'auth.role': ['role'],
  'auth.email': ['email'],
  'auth.jwt': [],
  'auth.org_ids': ['sub'],
  'auth.org_id': ['sub', 'org'],
  'auth.has_permission': ['role', 'sub', 'org'],
  'auth.permitted_scope': ['role', 'sub', 'org'],
};

const NAME = `'((?:[^']|'')+)'::text`;
const JWT_CALL = /auth\.jwt\(\)/g;
const JWT_CLAIM = new RegExp(`(?:auth\\.jwt\\(\\)|\\( SELECT auth\\.jwt\\(\\) AS jwt\\)) ->>? ${NAME}`, 'g');
const SETTING = /current_setting\((?:'([^']*)'::text)?/g;
// Begins at the first parenthesis of a run that no function's name precedes.
const SETTING_CLAIM = new RegExp(
  `(?<![\\w"(])\\(*(?:NULLIF\\(\\(*)?current_setting\\('request\\.jwt\\.claims'::text(?:, (?:true|false))?\\)` +
    `(?:, ''::text\\))?\\)?::jsonb?\\)? ->>? ${NAME}`,
  'g',
);
const CLAIM_SETTING_PREFIX = 'request.jwt.claim.';

/**
 * The claims that decide what the policies let through, null for all of them: whoever agrees in these sees the same
 * rows. What is not understood counts as reading all.
 */
export function claimsRead({ expressions, functions, isOpaque }: PolicySources): ReadonlySet<string> | null {
  if (isOpaque) return null;
  const read = new Set<string>();
  for (const name of functions) {
    const claims = Object.hasOwn(READ_BY_FUNCTION, name) ? READ_BY_FUNCTION[name] : undefined;
    if (claims === undefined) return null;
    for (const claim of claims) read.add(claim);
  }
  for (const expression of expressions) {
    const named = claimsNamed(expression);
    if (named === null) return null;
    for (const claim of named) read.add(claim);
  }
  return read;
}

function claimsNamed(expression: string): readonly string[] | null {
  const claims = [...expression.matchAll(JWT_CLAIM)].map(nameIn);
  // Somewhere the token is read as a whole.
  if (claims.length !== [...expression.matchAll(JWT_CALL)].length) return null;
  const fromSetting = [...expression.matchAll(SETTING_CLAIM)].map(nameIn);
  let whole = 0;
  for (const [, setting] of expression.matchAll(SETTING)) {
    if (setting === undefined) return null;
    if (setting.toLowerCase().startsWith(CLAIM_SETTING_PREFIX)) claims.push(setting.slice(CLAIM_SETTING_PREFIX.length));
    else if (setting.toLowerCase().startsWith('request.jwt')) whole += 1;
  }
  return fromSetting.length === whole ? [...claims, ...fromSetting] : null;
}

/** A quote inside of a literal is written twice. */
function nameIn([, literal = '']: RegExpExecArray): string {
  return literal.replaceAll("''", "'");
}

/** Equal for two callers of one role exactly when they agree in these claims. @param read As `claimsRead` says. */
export function claimsKey(claims: Readonly<Record<string, unknown>>, read: ReadonlySet<string> | null): string {
  const names = read === null ? Object.keys(claims).filter((name) => !VOLATILE.has(name)) : [...read];
  return JSON.stringify(names.toSorted().map((name) => [name, claims[name] ?? null]));
}

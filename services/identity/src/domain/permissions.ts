/** What somebody may do: keys or patterns that permit, and those that deny whatever permits. */
export interface Rights {
  readonly permissions: readonly string[];
  readonly denials: readonly string[];
}

/** Where an assignment holds, by kind; a kind that is not named holds everywhere. */
export type Scope = Readonly<Partial<Record<ScopeKind, readonly string[]>>>;

export const SCOPE_KINDS = ['branch', 'warehouse', 'register', 'project'] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];

/** A role as held: what it permits, and where. */
export interface HeldRole extends Rights {
  readonly scope: Scope;
}

/** Whether a key is meant by a pattern: itself, `*`, `<suite>.*` or `*.<verb>`. */
function matches(pattern: string, key: string): boolean {
  if (pattern === '*' || pattern === key) return true;
  if (pattern.endsWith('.*')) return key.startsWith(pattern.slice(0, -1));
  return pattern.startsWith('*.') && key.endsWith(pattern.slice(1));
}

/** Whether everything `inner` means is meant by `outer`; both may be patterns. */
function subsumes(outer: string, inner: string): boolean {
  if (outer === '*' || outer === inner) return true;
  if (inner === '*') return false;
  if (inner.includes('*')) return false;
  return matches(outer, inner);
}

/** Whether two patterns mean some key in common. */
function overlap(one: string, other: string): boolean {
  if (!one.includes('*')) return matches(other, one);
  if (!other.includes('*')) return matches(one, other);
  if (one === '*' || other === '*' || one === other) return true;
  // `<suite>.*` and `*.<verb>` meet in `<suite>.<verb>`; two of the same form that differ never do.
  return one.startsWith('*') !== other.startsWith('*');
}

/** Whether these roles together permit a key; one denial is enough against it. */
export function permits(roles: readonly Rights[], key: string): boolean {
  return (
    roles.some(({ permissions }) => permissions.some((pattern) => matches(pattern, key))) &&
    !roles.some(({ denials }) => denials.some((pattern) => matches(pattern, key)))
  );
}

/**
 * Whether somebody who holds `granter` may hand out `role` in `scope`: nobody gives what they do not have. Every
 * permission must be permitted to the granter in at least that scope, and what the granter is denied the role must
 * deny too.
 */
export function mayGrant(granter: readonly HeldRole[], role: Rights, scope: Scope): boolean {
  const holding = granter.filter((held) => covers(held.scope, scope));
  const denied = granter.flatMap(({ denials }) => denials);
  return role.permissions.every(
    (pattern) =>
      holding.some(({ permissions }) => permissions.some((held) => subsumes(held, pattern))) &&
      denied.every((denial) => !overlap(denial, pattern) || role.denials.some((given) => subsumes(given, denial))),
  );
}

/** Whether a role held in `outer` may be handed on in `inner`. */
function covers(outer: Scope, inner: Scope): boolean {
  return SCOPE_KINDS.every((kind) => {
    const places = outer[kind];
    if (places === undefined) return true;
    return inner[kind]?.every((place) => places.includes(place)) ?? false;
  });
}

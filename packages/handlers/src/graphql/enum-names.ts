const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const TAKEN: ReadonlySet<string> = new Set(['true', 'false', 'null']);

/** Values by the name GraphQL has for them: `valid-only` is `valid_only`. Null where not each has one of its own. */
export function enumNames(values: readonly string[]): ReadonlyMap<string, string> | null {
  const names = new Map(values.map((value) => [nameOf(value), value]));
  const fits = names.size === values.length && [...names.keys()].every((name) => NAME.test(name) && !TAKEN.has(name));
  return fits && !values.some((value) => value.startsWith('__')) ? names : null;
}

export function nameOf(value: string): string {
  return value.replaceAll(/[^A-Za-z0-9_]/g, '_');
}

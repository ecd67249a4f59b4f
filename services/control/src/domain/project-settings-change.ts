/** Settings of a project by flat names such as `rest.maxRows`, over the nested form that is stored. */

export type Nested = Readonly<Record<string, unknown>>;

export interface ShownSetting {
  readonly name: string;
  readonly value: unknown;
  /** `pinned`: the operator fixed it for every project. */
  readonly source: 'default' | 'project' | 'pinned';
}

/** Every setting as it is in force. */
export function showSettings(
  names: readonly string[],
  inForce: Nested,
  stored: Nested,
  pinned: readonly string[],
): readonly ShownSetting[] {
  return names.map((name) => {
    const isOwn = valueAt(stored, name) !== undefined;
    const source = pinned.includes(name) ? 'pinned' : isOwn ? 'project' : 'default';
    return { name, value: valueAt(inForce, name) ?? null, source };
  });
}

/** The stored form with some settings set and others back to their default. */
export function changeSettings(stored: Nested, set: Nested, reset: readonly string[]): Nested {
  const names = [...Object.keys(set), ...reset];
  return names.reduce((settings, name) => withValue(settings, name, set[name]), stored);
}

/** Stored settings without those that are pinned. */
export function withoutPinned(stored: Nested, pinned: readonly string[]): Nested {
  return changeSettings(stored, {}, pinned);
}

function valueAt(settings: Nested, name: string): unknown {
  const [group = '', member] = name.split('.');
  const value = settings[group];
  if (member === undefined) return value;
  return isNested(value) ? value[member] : undefined;
}

/** `undefined` takes it away. */
function withValue(settings: Nested, name: string, value: unknown): Nested {
  const [group = '', member] = name.split('.');
  if (member === undefined) return put(settings, group, value);
  const inner = settings[group];
  const changed = put(isNested(inner) ? inner : {}, member, value);
  return put(settings, group, Object.keys(changed).length === 0 ? undefined : changed);
}

function put(settings: Nested, name: string, value: unknown): Nested {
  const { [name]: _former, ...rest } = settings;
  return value === undefined ? rest : { ...rest, [name]: value };
}

export function isNested(value: unknown): value is Nested {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import {
  type GraphQLFieldConfig,
  type GraphQLFieldMap,
  GraphQLObjectType,
  type GraphQLObjectTypeConfig,
} from 'graphql';

export type Field = GraphQLFieldConfig<unknown, unknown>;

type ObjectConfig = Pick<GraphQLObjectTypeConfig<unknown, unknown>, 'name' | 'description' | 'interfaces'>;

/** How object types with many fields are made: all at once, or each field when it is first asked for. */
export type MakeObject = (
  config: ObjectConfig,
  names: ReadonlyMap<string, unknown>,
  make: (name: string) => Field,
) => GraphQLObjectType;

export const wholeObject: MakeObject = (config, names, make) =>
  new GraphQLObjectType({
    ...config,
    fields: () => Object.fromEntries([...names.keys()].map((name) => [name, make(name)])),
  });

export const lazyObject: MakeObject = (config, names, make) => new LazyObjectType(config, names, make);

class LazyObjectType extends GraphQLObjectType {
  readonly #fields: GraphQLFieldMap<unknown, unknown>;

  constructor(config: ObjectConfig, names: ReadonlyMap<string, unknown>, make: (name: string) => Field) {
    super({ ...config, fields: {} });
    this.#fields = lazyRecord(
      (name) => names.has(name),
      () => [...names.keys()],
      (name) => {
        // The library makes fields only as members of a type, so each comes from one that has no other.
        const fields = new GraphQLObjectType({ name: config.name, fields: { [name]: make(name) } }).getFields();
        return fields[name];
      },
    );
  }

  override getFields(): GraphQLFieldMap<unknown, unknown> {
    return this.#fields;
  }
}

/**
 * An object whose members are made when they are first read. Listing its keys makes none of them.
 *
 * @param keys What `Object.keys` gives; others may be there too.
 */
export function lazyRecord<Value>(
  has: (name: string) => boolean,
  keys: () => string[],
  make: (name: string) => Value | undefined,
): Record<string, Value> {
  const made = new Map<string, Value | undefined>();
  const read = (name: string | symbol): Value | undefined => {
    if (typeof name === 'symbol' || !has(name)) return undefined;
    if (!made.has(name)) made.set(name, make(name));
    return made.get(name);
  };
  const none: Record<string, Value> = Object.create(null);
  return new Proxy(none, {
    get: (_target, name) => read(name),
    has: (_target, name) => typeof name === 'string' && has(name),
    ownKeys: keys,
    getOwnPropertyDescriptor: (_target, name) =>
      typeof name === 'string' && has(name)
        ? { configurable: true, enumerable: true, get: () => read(name) }
        : undefined,
  });
}

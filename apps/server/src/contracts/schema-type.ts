type Schema = Readonly<Record<string, unknown>>;

/** Types within each other; beyond them a value is `unknown`. */
const MAX_DEPTH = 30;

/** The TypeScript type of a JSON Schema's values. References are followed; what holds itself is `unknown` there. */
export function schemaType(schema: unknown, root: unknown = schema, seen: readonly unknown[] = []): string {
  if (!isSchema(schema) || seen.length > MAX_DEPTH) return schema === false ? 'never' : 'unknown';
  const base = typeof schema.$id === 'string' ? schema : root;
  const inner = (part: unknown): string => schemaType(part, base, [...seen, schema]);
  if (typeof schema.$ref === 'string') {
    const target = resolve(base, schema.$ref);
    return seen.includes(target) ? 'unknown' : inner(target);
  }
  if (schema.const !== undefined) return literal(schema.const);
  if (Array.isArray(schema.enum)) return union(schema.enum.map(literal));
  const choice = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choice)) return union(choice.map(inner));
  if (Array.isArray(schema.allOf)) return schema.allOf.map((part) => `(${inner(part)})`).join(' & ');
  const types = Array.isArray(schema.type) ? (schema.type as readonly unknown[]) : [schema.type];
  return union(types.map((type) => typeOf(type, schema, inner)));
}

function typeOf(type: unknown, schema: Schema, inner: (part: unknown) => string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
      return type;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return Array.isArray(schema.prefixItems)
        ? `readonly [${schema.prefixItems.map(inner).join(', ')}]`
        : `readonly (${inner(schema.items ?? true)})[]`;
    case 'object':
      return objectType(schema, inner);
    default:
      return schema.properties === undefined ? 'unknown' : objectType(schema, inner);
  }
}

function objectType(schema: Schema, inner: (part: unknown) => string): string {
  const properties = Object.entries(isSchema(schema.properties) ? schema.properties : {});
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  if (properties.length === 0) {
    const { additionalProperties: others } = schema;
    return others === false ? 'Record<string, never>' : `Readonly<Record<string, ${inner(others ?? true)}>>`;
  }
  const members = properties.map(([name, part]) => member(name, part, required.has(name), inner));
  return `{ ${members.join(' ')} }`;
}

function member(name: string, part: unknown, isRequired: boolean, inner: (part: unknown) => string): string {
  const about = isSchema(part) && typeof part.description === 'string' ? `/** ${words(part.description)} */ ` : '';
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  // Optional members may be given as undefined: JSON leaves them out.
  const type = isRequired ? inner(part) : `${inner(part)} | undefined`;
  return `${about}readonly ${key}${isRequired ? '' : '?'}: ${type};`;
}

/** Text for a comment. */
export function words(text: string): string {
  return text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ').trim();
}

function union(types: readonly string[]): string {
  const different = [...new Set(types)];
  return different.includes('unknown') ? 'unknown' : different.join(' | ');
}

function literal(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'unknown' : JSON.stringify(value);
}

function resolve(root: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (found, step) => (isSchema(found) ? found[step.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
      root,
    );
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

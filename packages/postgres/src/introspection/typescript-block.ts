/** A property and its type, as they are written. */
export type Entry = readonly [property: string, type: string];

const INDENT = '  ';
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A name as a property: as it is where TypeScript takes it so, quoted where not. */
export function propertyName(name: string): string {
  return IDENTIFIER.test(name) ? name : JSON.stringify(name);
}

/** An object type over several lines; what is empty is written so that it has no keys. */
export function block(entries: readonly Entry[]): string {
  if (entries.length === 0) return '{ [_ in never]: never }';
  return `{\n${entries.map(([property, type]) => indent(`${property}: ${type};`)).join('\n')}\n}`;
}

/** A tuple with an element per line. */
export function tuple(elements: readonly string[]): string {
  return elements.length === 0 ? '[]' : `[\n${elements.map((element) => indent(`${element},`)).join('\n')}\n]`;
}

function indent(text: string): string {
  return `${INDENT}${text.replaceAll('\n', `\n${INDENT}`)}`;
}

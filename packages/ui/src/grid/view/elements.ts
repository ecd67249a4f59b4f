/** Makes an element of the grid with a class and attributes. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.className = className;
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

/** Sets an attribute, or takes it away. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/** The style that puts something into a column; widths live in variables, so resizing touches no cell. */
export function columnStyle(column: number): string {
  return `--x:var(--x${column});inline-size:var(--w${column})`;
}

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const ESCAPED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Text of XML, made by `element` alone, so that what is not escaped cannot get into it. */
export interface Xml {
  readonly xml: string;
}

type Content = Xml | string | number | boolean | null;

/** Null makes no element at all. */
export function element(name: string, ...content: readonly (Content | readonly Content[])[]): Xml {
  const parts = content.flat();
  if (parts.length === 1 && parts[0] === null) return { xml: '' };
  return { xml: `<${name}>${parts.map(written).join('')}</${name}>` };
}

/** A whole document. */
export function xmlDocument(root: string, ...content: readonly (Content | readonly Content[])[]): string {
  const body = content.flat().map(written).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${body}</${root}>`;
}

/** Errors have no namespace. */
export function errorDocument(members: Readonly<Record<string, string>>): string {
  const content = Object.entries(members).map(([name, value]) => element(name, value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('Error', content).xml}`;
}

function written(content: Content): string {
  if (content === null) return '';
  return typeof content === 'object' ? content.xml : escaped(String(content));
}

function escaped(text: string): string {
  // Other control characters have no place in XML 1.0, escaped or not.
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[&<>"\r\n\t]|[\0-\x1f\x7f\ufffe\uffff]/g, (letter) => ESCAPED[letter] ?? '\ufffd');
}

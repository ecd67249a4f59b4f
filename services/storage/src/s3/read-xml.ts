import { s3Errors } from './s3-errors.ts';

export interface XmlElement {
  /** Without its namespace's prefix. */
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** Text of an element that has no children. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly qualifiedName: string;
  readonly children: XmlElement[];
  text: string;
}

const MAX_DEPTH = 6;
const MAX_ELEMENTS = 100_000;
const DECLARATION = /^\uFEFF?\s*(?:<\?xml [^<>?]{0,128}\?>)?\s*/;
// What clients of S3 send: no comments, no sections, no instructions, and above all no document types.
const TOKEN =
  /<(?:(?<close>\/)(?<closed>[\w:.-]{1,64})\s*|(?<opened>[\w:.-]{1,64})(?:\s+[\w:.-]{1,64}\s*=\s*(?:"[^"<&]{0,256}"|'[^'<&]{0,256}'))*\s*(?<empty>\/)?)>|(?<text>[^<]+)/gy;
const ENTITY = /&(?:(lt|gt|amp|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));|&/g;
const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/**
 * The document as a tree. Only what S3's requests consist of is understood: elements, plain attributes (left out),
 * text and the five entities of XML itself.
 *
 * @throws {AshlarError} `s3.malformed_xml`.
 */
export function readXml(document: string, root: string): XmlElement {
  const start = DECLARATION.exec(document)?.[0].length ?? 0;
  const open: OpenElement[] = [];
  let result: XmlElement | null = null;
  let elements = 0;
  TOKEN.lastIndex = start;
  while (TOKEN.lastIndex < document.length) {
    const groups = TOKEN.exec(document)?.groups;
    if (groups === undefined) throw malformed('it is no XML of elements and text');
    const { text, closed, opened, empty } = groups;
    const current = open.at(-1);
    if (text !== undefined) {
      if (current !== undefined) current.text += unescaped(text);
      else if (text.trim() !== '') throw malformed('there is text outside of its root');
      continue;
    }
    if (opened !== undefined) {
      elements += 1;
      if (result !== null || open.length >= MAX_DEPTH || elements > MAX_ELEMENTS)
        throw malformed('it is too large or deep');
      open.push({ name: localName(opened), qualifiedName: opened, children: [], text: '' });
    }
    if (closed !== undefined || empty !== undefined) {
      const ended = open.pop();
      if (ended === undefined || (closed !== undefined && ended.qualifiedName !== closed)) {
        throw malformed('its elements do not nest');
      }
      const { name, children, text: content } = ended;
      if (children.length > 0 && content.trim() !== '') throw malformed('text stands beside elements');
      const element: XmlElement = { name, children, text: content };
      const parent = open.at(-1);
      if (parent === undefined) result = element;
      else parent.children.push(element);
    }
  }
  if (result === null || open.length > 0) throw malformed('it ends too early');
  if (result.name !== root) throw malformed(`its root is not ${root}`);
  return result;
}

/** The only child of this name; null when there is none. @throws {AshlarError} When there are several. */
export function childText({ children }: XmlElement, name: string): string | null {
  const found = children.filter((child) => child.name === name);
  if (found.length > 1) throw malformed(`${name} is given twice`);
  return found[0]?.text ?? null;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unescaped(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(ENTITY, (entity, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return NAMED[name] ?? '';
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const isLetter = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    if (entity === '&' || !isLetter) throw malformed('it has an entity nobody declared');
    return String.fromCodePoint(point);
  });
}

function malformed(detail: string): Error {
  return s3Errors.malformedXml({ detail });
}

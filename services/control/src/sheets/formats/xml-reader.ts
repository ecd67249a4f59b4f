import { FileFault, MAX_ROW_LENGTH } from './source-row.ts';

/** A piece of XML: an element begins or ends, or a text between. */
export type XmlPiece =
  | { readonly kind: 'begin'; readonly name: string; readonly attributes: string }
  | { readonly kind: 'end'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string };

/**
 * The pieces of an XML document of the plain form office programs write. It defines no entities of its own, so that
 * none can grow: a document that does is refused.
 *
 * @throws {FileFault} `not-a-workbook`.
 */
export async function* readXml(chunks: AsyncIterable<Buffer>): AsyncGenerator<XmlPiece> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const text = rest + decoder.decode(chunk, { stream: true });
    let at = 0;
    for (;;) {
      const begin = text.indexOf('<', at);
      const end = begin === -1 ? -1 : text.indexOf('>', begin);
      if (end === -1) break;
      if (begin > at) yield { kind: 'text', text: plainText(text.slice(at, begin)) };
      yield* piecesOf(text.slice(begin + 1, end));
      at = end + 1;
    }
    rest = text.slice(at);
    if (rest.length > MAX_ROW_LENGTH) throw new FileFault('not-a-workbook');
  }
}

function* piecesOf(tag: string): Generator<XmlPiece> {
  if (tag.startsWith('!DOCTYPE')) throw new FileFault('not-a-workbook');
  if (tag.startsWith('?') || tag.startsWith('!')) return;
  if (tag.startsWith('/')) {
    yield { kind: 'end', name: localName(tag.slice(1).trim()) };
    return;
  }
  const isEmpty = tag.endsWith('/');
  const body = isEmpty ? tag.slice(0, -1) : tag;
  const space = body.search(/\s/);
  const name = localName(space === -1 ? body : body.slice(0, space));
  yield { kind: 'begin', name, attributes: space === -1 ? '' : body.slice(space) };
  if (isEmpty) yield { kind: 'end', name };
}

/** Some programs write every name with a prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

export function attributeOf(attributes: string, name: string): string | null {
  const found = new RegExp(`\\s(?:\\w+:)?${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes);
  return found === null ? null : plainText(found[1] ?? found[2] ?? '');
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plainText(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex?: string, figures?: string, name = '') => {
    if (hex === undefined && figures === undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(figures) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
  });
}

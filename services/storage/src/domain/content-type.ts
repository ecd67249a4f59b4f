import { essenceOf } from './bucket-rules.ts';

export const UNKNOWN_TYPE = 'application/octet-stream';
/** What is looked at of a file to name its type. */
export const SNIFFED_BYTES = 512;

const MAGIC: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/bmp', 0, 'BM'],
  ['image/tiff', 0, 'II*\0'],
  ['image/tiff', 0, 'MM\0*'],
  ['application/pdf', 0, '%PDF-'],
  ['application/zip', 0, 'PK\x03\x04'],
  ['application/gzip', 0, '\x1f\x8b'],
  ['video/webm', 0, '\x1a\x45\xdf\xa3'],
  ['video/mp4', 4, 'ftyp'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/ogg', 0, 'OggS'],
];
const HTML = /^\s*<(?:!doctype html|html|head|body|script|iframe|style|title|a|div|h1|p|br|table|font|!--)[\s>/]/i;
const XML = /^\s*<\?xml\b/i;
const SVG = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^]*?-->\s*)*(?:<!doctype svg[^>]*>\s*)?<svg[\s>]/i;

/** What the first bytes of a file say it is; null when they say nothing certain. */
export function detectType(head: Buffer): string | null {
  const text = head.toString('latin1');
  const found = MAGIC.find(([, offset, bytes]) => text.startsWith(bytes, offset));
  if (found !== undefined) return found[0];
  const begin = text.startsWith('\xef\xbb\xbf') ? text.slice(3) : text;
  if (SVG.test(begin)) return 'image/svg+xml';
  if (HTML.test(begin)) return 'text/html';
  return XML.test(begin) ? 'application/xml' : null;
}

// The letters of RFC 9110 and nothing else: a stored type becomes a header.
const MEDIA_TYPE =
  /^[\w!#$&^.+*-]{1,127}\/[\w!#$&^.+*-]{1,127}(?:\s*;\s*[\w!#$&^.+*-]{1,64}=(?:[\w!#$&^.+*-]{1,128}|"[ !#-[\]-~]{0,128}"))*$/;
const MAX_TYPE_CHARACTERS = 255;

export function isMediaType(type: string): boolean {
  return type.length <= MAX_TYPE_CHARACTERS && MEDIA_TYPE.test(type);
}

/** Types a browser runs or parses into a document that can run something. */
const ACTIVE =
  /^(?:text\/(?:html|xml|xsl|vnd\.wap\.wml)|application\/(?:xhtml|xml|xslt|mathml|rss|atom|rdf)|multipart\/|message\/|image\/svg)|\+xml$/;
/** Players and viewers of browsers that a sandbox would break, and in which nothing runs in our origin. */
const PLAYED = /^(?:video\/|audio\/|application\/pdf$)/;

/**
 * Headers under which a stored file can be handed to a browser on the API's own origin: the browser keeps to the type
 * we name, documents get an origin of their own without scripts, and those made to run are saved instead of shown.
 */
export function safetyHeaders(type: string): Readonly<Record<string, string>> {
  const essence = essenceOf(type);
  return {
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'none',
    ...(PLAYED.test(essence)
      ? {}
      : { 'content-security-policy': "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox" }),
    ...(ACTIVE.test(essence) ? { 'content-disposition': 'attachment' } : {}),
  };
}

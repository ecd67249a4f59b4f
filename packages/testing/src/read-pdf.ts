import { Buffer } from 'node:buffer';
import { inflateSync } from 'node:zlib';

export interface ReadPdf {
  /** Texts of each page in the order they are painted, a run of one font each; right-to-left runs as they are painted, leftmost first. */
  readonly pages: readonly (readonly string[])[];
}

type Letters = ReadonlyMap<string, string>;

/** Reads a PDF of ours: streams in plain sight, fonts whose codes have two bytes and a table of what they mean. */
export function readPdf(bytes: Uint8Array): ReadPdf {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const objects = new Map(
    [...file.matchAll(/(?:^|\n)(\d+) 0 obj\s([\s\S]*?)\nendobj/g)].map(([, id = '', body = '']) => [id, body]),
  );
  const fonts = new Map<string, Letters>();
  for (const [, name = '', id = ''] of file.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
    const meaning = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1];
    if (meaning !== undefined) fonts.set(name, lettersOf(streamOf(objects.get(meaning) ?? '')));
  }
  const order = /\/Kids \[([^\]]*)\]/.exec(file)?.[1] ?? '';
  const pages = [...order.matchAll(/(\d+) 0 R/g)].map(([, id = '']) => {
    const contents = /\/Contents (\d+) 0 R/.exec(objects.get(id) ?? '')?.[1] ?? '';
    return textsOf(streamOf(objects.get(contents) ?? ''), fonts);
  });
  return { pages };
}

function streamOf(body: string): string {
  const start = /stream\r?\n/.exec(body);
  const length = Number(/\/Length (\d+)/.exec(body)?.[1]);
  if (start === null) return '';
  const from = start.index + start[0].length;
  const raw = Buffer.from(body.slice(from, from + length), 'latin1');
  return (body.includes('/FlateDecode') ? inflateSync(raw) : raw).toString('latin1');
}

/** What each code of a font means, by its hexadecimal digits. */
function lettersOf(table: string): Letters {
  const letters = new Map<string, string>();
  for (const [, block = ''] of table.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, from = '', to = ''] of block.matchAll(/<(\w+)>\s*<(\w+)>/g)) {
      letters.set(from.toLowerCase(), utf16(to));
    }
  }
  return letters;
}

function utf16(digits: string): string {
  return Buffer.from(digits, 'hex').swap16().toString('utf16le');
}

function textsOf(content: string, fonts: ReadonlyMap<string, Letters>): readonly string[] {
  const texts: string[] = [];
  const starts = /\/(F\d+) [\d.]+ Tf|\[/g;
  let letters: Letters | undefined;
  for (let start = starts.exec(content); start !== null; start = starts.exec(content)) {
    const [, font] = start;
    if (font === undefined) {
      const { strings, end } = readArray(content, starts.lastIndex);
      starts.lastIndex = end;
      if (/^ ?TJ/.test(content.slice(end, end + 3))) texts.push(wordsOf(strings, letters));
    } else {
      letters = fonts.get(font);
    }
  }
  return texts;
}

/** The strings of an array. Brackets that come in pairs need no backslash inside a string. */
function readArray(content: string, from: number): { readonly strings: readonly string[]; readonly end: number } {
  const strings: string[] = [];
  let depth = 0;
  let begin = from;
  for (let at = from; at < content.length; at += 1) {
    const letter = content[at];
    if (depth > 0 && letter === '\\') at += 1;
    else if (letter === '(') {
      if (depth === 0) begin = at + 1;
      depth += 1;
    } else if (letter === ')' && depth > 0) {
      depth -= 1;
      if (depth === 0) strings.push(content.slice(begin, at));
    } else if (letter === ']' && depth === 0) {
      return { strings, end: at + 1 };
    }
  }
  return { strings, end: content.length };
}

function wordsOf(strings: readonly string[], letters: Letters | undefined): string {
  const codes = strings.map((text) => Buffer.from(unescaped(text), 'latin1').toString('hex')).join('');
  return (codes.match(/.{4}/g) ?? []).map((code) => letters?.get(code) ?? '\uFFFD').join('');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{1,3}|[\s\S])/g, (_whole, what: string) =>
    /^[0-7]/.test(what) ? String.fromCharCode(Number.parseInt(what, 8)) : (ESCAPES[what] ?? what),
  );
}

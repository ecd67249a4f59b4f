/** A file or folder of an archive. Names use `/`; folders end in none. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'folder';
  /** Permission bits: 0o600. */
  readonly mode: number;
  /** 0 for a folder. */
  readonly sizeBytes: number;
}

export const BLOCK_BYTES = 512;

const NAME_BYTES = 100;
/** Eleven octal digits. */
const LARGEST_OCTAL_SIZE = 0o77777777777;
const TYPE_FLAGS = { file: '0', folder: '5', extension: 'x' } as const;
/** Where the checksum stands: it counts as eight spaces while it is computed. */
const CHECKSUM_AT = 148;

/**
 * The blocks that announce an entry: an ustar header, after a pax extension where the name is too long for it or
 * the size too large.
 *
 * @see POSIX.1-2017, pax, "ustar Interchange Format" and "pax Interchange Format"
 */
export function encodeTarHeader(entry: TarEntry): Buffer {
  const name = entry.type === 'folder' ? `${entry.path}/` : entry.path;
  const records: string[] = [];
  if (Buffer.byteLength(name) > NAME_BYTES) records.push(paxRecord('path', name));
  if (entry.sizeBytes > LARGEST_OCTAL_SIZE) records.push(paxRecord('size', String(entry.sizeBytes)));
  const header = encodeBlock(name, entry, TYPE_FLAGS[entry.type]);
  if (records.length === 0) return header;
  const extension = Buffer.from(records.join(''));
  const announcement = { mode: 0o600, sizeBytes: extension.length };
  return Buffer.concat([
    encodeBlock('extension', announcement, TYPE_FLAGS.extension),
    extension,
    padding(extension.length),
    header,
  ]);
}

/** Zeros up to the next whole block. */
export function padding(sizeBytes: number): Buffer {
  return Buffer.alloc((BLOCK_BYTES - (sizeBytes % BLOCK_BYTES)) % BLOCK_BYTES);
}

/** One header block as it stands; an extension applies to the entry after it. */
export type TarBlock =
  | { readonly kind: 'entry'; readonly entry: TarEntry }
  | { readonly kind: 'extension'; readonly sizeBytes: number }
  | { readonly kind: 'end' };

/** @returns undefined when the block is no header of a kind we write. */
export function decodeTarBlock(block: Buffer): TarBlock | undefined {
  if (block.every((byte) => byte === 0)) return { kind: 'end' };
  const text = (from: number, length: number): string => {
    const field = block.subarray(from, from + length);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end === -1 ? length : end);
  };
  const octal = (from: number, length: number): number => Number.parseInt(text(from, length), 8);
  if (octal(CHECKSUM_AT, 8) !== checksum(block)) return undefined;
  const sizeBytes = octal(124, 12);
  if (!Number.isSafeInteger(sizeBytes)) return undefined;
  const mode = octal(100, 8);
  const name = text(0, NAME_BYTES);
  switch (text(156, 1)) {
    case TYPE_FLAGS.extension:
      return { kind: 'extension', sizeBytes };
    case TYPE_FLAGS.file:
      return { kind: 'entry', entry: { path: name, type: 'file', mode, sizeBytes } };
    case TYPE_FLAGS.folder:
      return { kind: 'entry', entry: { path: name.replace(/\/$/, ''), type: 'folder', mode, sizeBytes: 0 } };
    default:
      return undefined;
  }
}

/** What a pax extension says of the next entry. */
export function decodePaxRecords(content: Buffer): { readonly path?: string; readonly sizeBytes?: number } {
  const found: { path?: string; sizeBytes?: number } = {};
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(' ', at);
    const length = Number.parseInt(content.toString('latin1', at, space), 10);
    if (space === -1 || !(length > 0)) break;
    const record = content.toString('utf8', space + 1, at + length - 1);
    const [key = ''] = record.split('=', 1);
    const value = record.slice(key.length + 1);
    if (key === 'path') found.path = value.replace(/\/$/, '');
    if (key === 'size') found.sizeBytes = Number(value);
    at += length;
  }
  return found;
}

/** `<length> key=value\n`, where the length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + 1;
  while (String(length).length + restBytes !== length) length = String(length).length + restBytes;
  return `${length}${rest}`;
}

function encodeBlock(name: string, { mode, sizeBytes }: Pick<TarEntry, 'mode' | 'sizeBytes'>, flag: string): Buffer {
  const block = Buffer.alloc(BLOCK_BYTES);
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  };
  Buffer.from(name).copy(block, 0, 0, NAME_BYTES);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(Math.min(sizeBytes, LARGEST_OCTAL_SIZE), 124, 11);
  octal(0, 136, 11);
  block.write(flag, 156, 'latin1');
  block.write('ustar\0', 257, 'latin1');
  block.write('00', 263, 'latin1');
  octal(checksum(block), CHECKSUM_AT, 6);
  block.write('\0 ', CHECKSUM_AT + 6, 'latin1');
  return block;
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of block.entries()) {
    if (index < CHECKSUM_AT || index >= CHECKSUM_AT + 8) sum += byte;
  }
  return sum;
}

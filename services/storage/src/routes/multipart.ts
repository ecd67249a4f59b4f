import { handOnInSlices } from '../adapters/reclaim.ts';
import { storageErrors } from '../domain/storage-errors.ts';

/** A form as uploads send it: some fields, then one file. */
export interface UploadForm {
  readonly fields: ReadonlyMap<string, string>;
  readonly contentType: string | undefined;
  /** What the client calls it, without folders; empty for nothing. */
  readonly filename: string;
  /** The file's bytes as they arrive; must be read to its end. */
  readonly file: AsyncGenerator<Buffer, void, undefined>;
}

const MAX_FIELDS = 8;
const MAX_FIELD_BYTES = 65_536;
const MAX_PART_HEAD_BYTES = 16_384;
/** What may follow the file: fields nobody reads any more. */
const MAX_TAIL_BYTES = 1_048_576;

const BOUNDARY = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))/i;

/** The boundary of a form's content type; null for any other body. */
export function boundaryOf(contentType: string | undefined): string | null {
  const found = BOUNDARY.exec(contentType ?? '');
  return found?.[1] ?? found?.[2] ?? null;
}

/**
 * Reads a form up to its file, which stays a stream (RFC 7578). Bounded in every part; a form that breaks off ends in
 * an error, also in the middle of the file.
 *
 * @throws {AshlarError} `storage.no_content_provided` without a file, `storage.invalid_request` for what is no form.
 */
export async function readUploadForm(
  body: AsyncIterable<Buffer>,
  boundary: string,
  maxFields: number = MAX_FIELDS,
): Promise<UploadForm> {
  const reader = new DelimitedReader(body);
  const delimiter = Buffer.from(`\r\n--${boundary}`);
  // The first boundary has no line before it.
  reader.unshift(Buffer.from('\r\n'));
  await reader.until(delimiter, MAX_TAIL_BYTES);
  const fields = new Map<string, string>();
  for (let count = 0; count <= maxFields; count += 1) {
    const head = await readPartHead(reader);
    if (head === null) throw storageErrors.noContentProvided();
    if (head.isFile) {
      const { contentType, filename } = head;
      return { fields, contentType, filename, file: readFile(reader, delimiter) };
    }
    const value = await reader.until(delimiter, MAX_FIELD_BYTES);
    if (value.includes(0)) throw notAForm();
    fields.set(head.name, value.toString());
  }
  throw storageErrors.invalidRequest({ detail: `The form has more than ${maxFields} fields before its file` });
}

interface PartHead {
  readonly name: string;
  readonly isFile: boolean;
  readonly filename: string;
  readonly contentType: string | undefined;
}

/** What stands after a boundary: `--` ends the form, else a line end and headers. */
async function readPartHead(reader: DelimitedReader): Promise<PartHead | null> {
  const after = await reader.take(2);
  if (after === '--') return null;
  if (after !== '\r\n') throw notAForm();
  // With the line end put back, a part without any header is found too.
  reader.unshift(Buffer.from('\r\n'));
  const text = (await reader.until(Buffer.from('\r\n\r\n'), MAX_PART_HEAD_BYTES)).toString();
  const disposition = headerOf(text, 'content-disposition') ?? '';
  const name = /;\s*name="([^"]*)"/i.exec(disposition)?.[1] ?? /;\s*name=([^\s;"]*)/i.exec(disposition)?.[1];
  if (name === undefined) throw notAForm();
  return {
    name,
    isFile: name === '' || /;\s*filename\*?=/i.test(disposition),
    filename: /[^/\\]*$/.exec(/;\s*filename="([^"]*)"/i.exec(disposition)?.[1] ?? '')?.[0] ?? '',
    contentType: headerOf(text, 'content-type'),
  };
}

function headerOf(head: string, name: string): string | undefined {
  const line = head.split('\r\n').find((candidate) => candidate.toLowerCase().startsWith(`${name}:`));
  return line?.slice(name.length + 1).trim();
}

async function* readFile(reader: DelimitedReader, delimiter: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield* reader.stream(delimiter);
  await reader.drain(MAX_TAIL_BYTES);
}

function notAForm(): Error {
  return storageErrors.invalidRequest({ detail: 'The body is not the form its content type says' });
}

/** Cuts a stream of bytes at delimiters, holding no more than a chunk and a delimiter. */
class DelimitedReader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.#source = body[Symbol.asyncIterator]();
  }

  unshift(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held]);
  }

  async take(count: number): Promise<string> {
    while (this.#held.length < count) await this.#more();
    const taken = this.#held.toString('latin1', 0, count);
    this.#held = this.#held.subarray(count);
    return taken;
  }

  /** All before the delimiter, which is taken away too. */
  async until(delimiter: Buffer, maxBytes: number): Promise<Buffer> {
    let searched = 0;
    for (;;) {
      const at = this.#held.indexOf(delimiter, searched);
      if (at !== -1) {
        const before = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + delimiter.length);
        return before;
      }
      if (this.#held.length > maxBytes) throw notAForm();
      searched = Math.max(0, this.#held.length - delimiter.length);
      await this.#more();
    }
  }

  async *stream(delimiter: Buffer): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const at = this.#held.indexOf(delimiter);
      if (at !== -1) {
        const last = this.#held.subarray(0, at);
        this.#held = this.#held.subarray(at + delimiter.length);
        if (last.length > 0) yield last;
        return;
      }
      // The end of what is held may be the beginning of a delimiter.
      const safe = this.#held.length - delimiter.length;
      if (safe > 0) {
        const part = this.#held.subarray(0, safe);
        this.#held = this.#held.subarray(safe);
        yield part;
      }
      await this.#more();
    }
  }

  async drain(maxBytes: number): Promise<void> {
    let bytes = 0;
    for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next()) {
      bytes += next.value.length;
      if (bytes > maxBytes) throw notAForm();
    }
  }

  async #more(): Promise<void> {
    const next = await this.#source.next();
    if (next.done === true) throw notAForm();
    const isNew = this.#held.length === 0;
    this.#held = isNew ? next.value : Buffer.concat([this.#held, next.value]);
    handOnInSlices(this.#held, isNew ? [] : [next.value]);
  }
}

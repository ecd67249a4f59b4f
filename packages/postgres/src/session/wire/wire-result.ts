import type { CallResult, ResultField } from '../call.ts';
import { decodeRow, sliceValue, type CommandTag } from './backend-decoders.ts';

/** Where the body of a DataRow is; the reader's buffers are never written again, so it stays there. */
export interface RowPlace {
  readonly buffer: Buffer;
  readonly start: number;
}

/** A result that decodes its rows when somebody looks at them. */
export class WireResult implements CallResult {
  readonly fields: readonly ResultField[];
  readonly command: string;
  readonly rowCount: number;
  readonly #places: readonly RowPlace[];
  #rows: readonly (readonly (string | null)[])[] | null = null;

  constructor(fields: readonly ResultField[], places: readonly RowPlace[], tag: CommandTag) {
    this.fields = fields;
    this.command = tag.command;
    this.rowCount = tag.rowCount;
    this.#places = places;
  }

  get rows(): readonly (readonly (string | null)[])[] {
    this.#rows ??= this.#places.map(({ buffer, start }) => decodeRow(buffer, start));
    return this.#rows;
  }

  bytes(row: number, column: number): Buffer | null {
    const place = this.#places[row];
    if (place === undefined) throw new RangeError(`Row ${row} of ${this.#places.length}`);
    return sliceValue(place.buffer, place.start, column);
  }
}

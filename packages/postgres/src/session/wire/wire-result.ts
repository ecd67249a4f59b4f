import type { CallResult, ResultField, ResultRows } from '../call.ts';
import { decodeCommandTag, decodeRow, sliceValue, type CommandTag } from './backend-decoders.ts';

/** Where the body of a DataRow is; the reader's buffers are never written again, so it stays there. */
export interface RowPlace {
  readonly buffer: Buffer;
  readonly start: number;
}

/** Where the body of a CommandComplete is. */
export interface TagPlace extends RowPlace {
  readonly end: number;
}

const NO_TAG: CommandTag = { command: '', rowCount: 0 };

/** Rows that are decoded when somebody looks at them. */
export class PlacedRows implements ResultRows {
  readonly #places: readonly RowPlace[];
  #rows: readonly (readonly (string | null)[])[] | null = null;

  constructor(places: readonly RowPlace[]) {
    this.#places = places;
  }

  get length(): number {
    return this.#places.length;
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

/** A whole result; most readers never look at its tag, which is decoded as late as its rows. */
export class WireResult extends PlacedRows implements CallResult {
  readonly fields: readonly ResultField[];
  readonly #tagPlace: TagPlace | null;
  #tag: CommandTag | null = null;

  constructor(fields: readonly ResultField[], places: readonly RowPlace[], tag: TagPlace | null) {
    super(places);
    this.fields = fields;
    this.#tagPlace = tag;
  }

  get command(): string {
    return this.#tagged().command;
  }

  get rowCount(): number {
    return this.#tagged().rowCount;
  }

  #tagged(): CommandTag {
    const place = this.#tagPlace;
    this.#tag ??= place === null ? NO_TAG : decodeCommandTag(place.buffer, place.start, place.end);
    return this.#tag;
  }
}

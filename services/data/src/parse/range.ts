import { restErrors } from '../rest-errors.ts';

/** Rows from `offset`, at most `limit` of them; null = no bound. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number | null;
}

export const ALL_ROWS: RowRange = { offset: 0, limit: null };

const HEADER = /^(?:items=)?(\d{1,15})-(\d{1,15})?$/;
const INTEGER = /^[+-]?\d{1,15}$/;

/** The `Range` header, `items` counted from 0, both ends included; another form is no range. */
export function parseRangeHeader(header: string | undefined): RowRange {
  const match = header === undefined ? null : HEADER.exec(header.trim());
  if (match === null) return ALL_ROWS;
  const first = Number(match[1]);
  if (match[2] === undefined) return { offset: first, limit: null };
  const last = Number(match[2]);
  if (first > last) {
    throw restErrors.rangeNotSatisfiable(
      'The lower boundary must be lower than or equal to the upper boundary in the Range header.',
    );
  }
  return { offset: first, limit: last - first + 1 };
}

/** The value of a `limit` or `offset` parameter; what is no number does not count. */
export function parseCount(text: string): number | null {
  return INTEGER.test(text) ? Number(text) : null;
}

/** The rows both ranges hold. */
export function intersectRanges(left: RowRange, right: RowRange): RowRange {
  const offset = Math.max(left.offset, right.offset);
  const end = Math.min(endOf(left), endOf(right));
  return { offset, limit: end === Infinity ? null : Math.max(0, end - offset) };
}

function endOf({ offset, limit }: RowRange): number {
  return limit === null ? Infinity : offset + limit;
}

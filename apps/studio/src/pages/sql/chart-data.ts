import type { SqlResult } from '../../api/sql-console.ts';

/** What a chart draws: one figure for each label. */
export interface ChartData {
  readonly points: readonly { readonly label: string; readonly value: number }[];
  /** Rows beyond those drawn. */
  readonly left: number;
}

const NUMBER = /^(smallint|integer|bigint|numeric|real|double precision|int[248]|float[48])/;
/** More bars than this are hair. */
const MOST_POINTS = 200;

/** Places of columns that hold figures. */
export function figureColumns({ columns }: SqlResult): readonly number[] {
  return columns.flatMap(({ type }, at) => (NUMBER.test(type) ? [at] : []));
}

/** The columns a chart would begin with; null when nothing can be drawn. */
export function firstColumns(result: SqlResult): { readonly label: number; readonly value: number } | null {
  const figures = figureColumns(result);
  const label = result.columns.findIndex((_column, at) => !figures.includes(at));
  const value = figures.find((at) => at !== label && (label !== -1 || at !== 0)) ?? figures[0];
  if (value === undefined || result.rows.length === 0) return null;
  return { label: label === -1 ? 0 : label, value };
}

export function chartData({ rows }: SqlResult, label: number, value: number): ChartData {
  const points = rows.slice(0, MOST_POINTS).flatMap((row) => {
    const text = row[value];
    const figure = typeof text === 'string' ? Number(text) : Number.NaN;
    return Number.isFinite(figure) ? [{ label: row[label] ?? 'NULL', value: figure }] : [];
  });
  return { points, left: Math.max(0, rows.length - MOST_POINTS) };
}

/** Round steps from the least to the greatest, nought among them. */
export function ticksOf(values: readonly number[], most = 5): readonly number[] {
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  if (low === high) return [0, 1];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

import { SegmentedControl, Select } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { Blank } from '@ashlar/ui';
import { type ReactNode, useMemo, useState } from 'react';
import type { SqlResult } from '../../api/sql-console.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { type ChartData, chartData, figureColumns, firstColumns, ticksOf } from './chart-data.ts';
import styles from './result-chart.module.css';
import { sqlTexts } from './sql-texts.ts';

const HEIGHT = 300;
const AXIS_WIDTH = 64;
const LABEL_HEIGHT = 28;
const TOP = 12;
/** Room a label takes; with less, some are left out. */
const LABEL_WIDTH = 72;
const MAX_BAR = 48;

/** One figure for each row, as bars or a line; the grid beside shows the same as a table. */
export function ResultChart({ result }: { readonly result: SqlResult }): ReactNode {
  const t = useText(sqlTexts);
  const [columns, setColumns] = useState(() => firstColumns(result));
  const [isLine, setLine] = useState(result.rows.length > 40);
  const data = useMemo(
    () => (columns === null ? null : chartData(result, columns.label, columns.value)),
    [result, columns],
  );
  if (columns === null || data === null || data.points.length === 0) {
    return (
      <Blank icon="chart-bar" title={t('noChart')}>
        {t('noChartHint')}
      </Blank>
    );
  }
  const named = (at: number): { value: string; label: string } => ({
    value: String(at),
    label: result.columns[at]?.name ?? '',
  });
  return (
    <figure className={styles['chart']}>
      <div className={styles['bar']}>
        <Select
          size="xs"
          w={150}
          label={t('labels')}
          dir="ltr"
          allowDeselect={false}
          data={result.columns.map((_column, at) => named(at))}
          value={String(columns.label)}
          onChange={(next) => setColumns({ ...columns, label: Number(next) })}
        />
        <Select
          size="xs"
          w={150}
          label={t('figures')}
          dir="ltr"
          allowDeselect={false}
          data={figureColumns(result).map(named)}
          value={String(columns.value)}
          onChange={(next) => setColumns({ ...columns, value: Number(next) })}
        />
        <SegmentedControl
          size="xs"
          aria-label={t('shape')}
          data={[
            { value: 'bars', label: t('bars') },
            { value: 'line', label: t('line') },
          ]}
          value={isLine ? 'line' : 'bars'}
          onChange={(next) => setLine(next === 'line')}
        />
      </div>
      <Drawing data={data} isLine={isLine} title={result.columns[columns.value]?.name ?? ''} />
      {data.left > 0 && <figcaption>{t('chartLeft', { count: data.left })}</figcaption>}
    </figure>
  );
}

interface DrawingProps {
  readonly data: ChartData;
  readonly isLine: boolean;
  readonly title: string;
}

function Drawing({ data: { points }, isLine, title }: DrawingProps): ReactNode {
  const t = useText(sqlTexts);
  const { direction, locale } = useLanguage();
  const { ref, width } = useElementSize<HTMLDivElement>();
  const ticks = ticksOf(points.map(({ value }) => value));
  const [low = 0] = ticks;
  const high = ticks.at(-1) ?? 1;
  const isMirrored = direction === 'rtl';
  const room = Math.max(0, width - AXIS_WIDTH);
  const slot = room / points.length;
  // In Arabic the first row stands at the right, and so does the axis.
  const x = (at: number): number => {
    const from = slot * (at + 0.5);
    return isMirrored ? room - from : AXIS_WIDTH + from;
  };
  const y = (value: number): number => TOP + ((high - value) / (high - low)) * (HEIGHT - TOP - LABEL_HEIGHT);
  const figure = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 2 });
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / slot));
  const barWidth = Math.max(1, Math.min(MAX_BAR, slot * 0.7));
  const letters = Math.max(4, Math.floor((slot * every) / 7));
  const axis = isMirrored ? width - AXIS_WIDTH + 8 : AXIS_WIDTH - 8;
  return (
    <div ref={ref} className={styles['room']} dir="ltr">
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={t('chartOf', { name: title, count: points.length })}
          className={styles['drawing']}
        >
          {ticks.map((tick) => (
            <g key={tick}>
              <line
                x1={isMirrored ? 0 : AXIS_WIDTH}
                x2={isMirrored ? room : width}
                y1={y(tick)}
                y2={y(tick)}
                className={tick === 0 ? styles['nought'] : styles['grid']}
              />
              <text x={axis} y={y(tick)} dy="0.32em" textAnchor={isMirrored ? 'start' : 'end'}>
                {figure.format(tick)}
              </text>
            </g>
          ))}
          {isLine ? (
            <polyline
              className={styles['line']}
              points={points.map(({ value }, at) => `${x(at)},${y(value)}`).join(' ')}
            />
          ) : (
            points.map(({ label, value }, at) => (
              <rect
                key={at}
                className={styles['column']}
                x={x(at) - barWidth / 2}
                width={barWidth}
                y={Math.min(y(value), y(0))}
                height={Math.max(1, Math.abs(y(value) - y(0)))}
              >
                <title>{`${label}: ${value}`}</title>
              </rect>
            ))
          )}
          {points.map(({ label }, at) =>
            at % every === 0 ? (
              <text key={at} x={x(at)} y={HEIGHT - 10} textAnchor="middle">
                {label.length > letters ? `${label.slice(0, letters - 1)}…` : label}
              </text>
            ) : null,
          )}
        </svg>
      )}
    </div>
  );
}

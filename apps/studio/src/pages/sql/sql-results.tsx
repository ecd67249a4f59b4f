import { Button, Loader, SegmentedControl, Tabs } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import type { SqlError, SqlResult } from '../../api/sql-console.ts';
import { FormError } from '../../parts/form-error.tsx';
import { modifierKey } from '../../shell/modifier-key.ts';
import { useText } from '../../texts/use-text.ts';
import { firstColumns } from './chart-data.ts';
import { readPlan } from './plan.ts';
import { PlanView } from './plan-view.tsx';
import { ResultChart } from './result-chart.tsx';
import { ResultGrid } from './result-grid.tsx';
import styles from './sql-page.module.css';
import { sqlTexts } from './sql-texts.ts';
import type { SqlRun } from './use-sql-run.ts';

export interface SqlResultsProps {
  readonly run: SqlRun | null;
  readonly isRunning: boolean;
  /** The line an error is marked in. */
  readonly line: number | null;
  readonly onGoThere: () => void;
}

/** What a run gave: its failure first, then each result. */
export function SqlResults({ run, isRunning, line, onGoThere }: SqlResultsProps): ReactNode {
  const t = useText(sqlTexts);
  if (isRunning) {
    return (
      <div className={styles['waiting']} role="status">
        <Loader size="sm" />
        {t('running')}
      </div>
    );
  }
  if (run === null) {
    return (
      <Blank icon="sql" title={t('begin')}>
        {t('beginHint', { keys: `${modifierKey} + Enter` })}
      </Blank>
    );
  }
  const { answer, error, failure } = run;
  return (
    <>
      {error === null ? (
        failure !== null && (
          <div className={styles['failure']}>
            <FormError error={failure} />
          </div>
        )
      ) : (
        <Complaint
          error={error}
          line={line}
          isUndone={answer?.committed === false && run.question.as !== 'reader' && run.question.explain === null}
          onGoThere={onGoThere}
        />
      )}
      {answer?.notices.map(({ severity, message }, index) => (
        <p key={index} className={styles['notice']} dir="auto">
          <code>{severity}</code> {message}
        </p>
      ))}
      {answer !== null && answer.results.length > 0 && (
        <ResultTabs results={answer.results} isPlan={run.question.explain !== null} />
      )}
    </>
  );
}

interface ComplaintProps {
  readonly error: SqlError;
  readonly line: number | null;
  readonly isUndone: boolean;
  readonly onGoThere: () => void;
}

function Complaint({ error, line, isUndone, onGoThere }: ComplaintProps): ReactNode {
  const t = useText(sqlTexts);
  return (
    <section role="alert" className={styles['complaint']}>
      <Icon name="alert-circle" />
      <div>
        <p dir="auto">
          <strong>{error.message}</strong>
        </p>
        {error.detail !== null && <p dir="auto">{error.detail}</p>}
        {error.hint !== null && <p dir="auto">{error.hint}</p>}
        <p>
          {error.sqlstate !== null && <code>{error.sqlstate}</code>} {isUndone && t('undone')}
        </p>
      </div>
      {line !== null && (
        <Button size="compact-sm" variant="default" onClick={onGoThere}>
          {t('goThere', { line })}
        </Button>
      )}
    </section>
  );
}

interface ResultTabsProps {
  readonly results: readonly SqlResult[];
  readonly isPlan: boolean;
}

function ResultTabs({ results, isPlan }: ResultTabsProps): ReactNode {
  const t = useText(sqlTexts);
  // The last one with rows is what somebody asked for.
  const [shown, show] = useState(
    String(
      Math.max(
        0,
        results.findLastIndex(({ columns }) => columns.length > 0),
      ),
    ),
  );
  const result = results[Number(shown)];
  return (
    <Tabs value={shown} onChange={(next) => show(next ?? '0')} className={styles['tabs'] ?? ''} keepMounted={false}>
      {results.length > 1 && (
        <Tabs.List aria-label={t('results')} className={styles['list'] ?? ''}>
          {results.map(({ command }, index) => (
            <Tabs.Tab key={index} value={String(index)}>
              {t('result', { number: index + 1 })} <bdi className={styles['command']}>{command}</bdi>
            </Tabs.Tab>
          ))}
        </Tabs.List>
      )}
      {results.map((each, index) => (
        <Tabs.Panel key={index} value={String(index)} className={styles['panel'] ?? ''}>
          <ResultPanel result={each} isPlan={isPlan} label={t('result', { number: index + 1 })} />
        </Tabs.Panel>
      ))}
      {result !== undefined && !isPlan && <Outcome result={result} />}
    </Tabs>
  );
}

function ResultPanel({
  result,
  isPlan,
  label,
}: {
  readonly result: SqlResult;
  readonly isPlan: boolean;
  readonly label: string;
}): ReactNode {
  const t = useText(sqlTexts);
  const plan = isPlan ? readPlan(result.rows[0]?.[0] ?? '') : null;
  const [isChart, setChart] = useState(false);
  if (plan !== null) return <PlanView plan={plan} />;
  if (result.columns.length === 0) return null;
  return (
    <div className={styles['shown']}>
      {firstColumns(result) !== null && (
        <SegmentedControl
          size="xs"
          className={styles['switch'] ?? ''}
          aria-label={t('showAs')}
          data={[
            { value: 'rows', label: t('rowsView') },
            { value: 'chart', label: t('chart') },
          ]}
          value={isChart ? 'chart' : 'rows'}
          onChange={(next) => setChart(next === 'chart')}
        />
      )}
      <div className={styles['body']}>
        {isChart ? <ResultChart result={result} /> : <ResultGrid result={result} label={label} />}
      </div>
    </div>
  );
}

function Outcome({ result }: { readonly result: SqlResult }): ReactNode {
  const t = useText(sqlTexts);
  const { command, columns, row_count: changed, rows, cut, duration_ms: ms } = result;
  const took = { ms: ms.toFixed(ms < 10 ? 1 : 0) };
  const said =
    columns.length > 0
      ? t(cut ? 'cut' : 'got', { count: rows.length, ...took })
      : changed === null
        ? t('done', { command, ...took })
        : t('noRows', { command, count: changed, ...took });
  return (
    <p className={styles['outcome']} role="status">
      {said}
    </p>
  );
}

import { SegmentedControl, Table } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { DataTable } from '../../parts/data-table.tsx';
import { useFormat, useText } from '../../texts/use-text.ts';
import { ownShare, type Plan, type PlanStep, planText } from './plan.ts';
import styles from './sql-page.module.css';
import { sqlTexts } from './sql-texts.ts';

/** A plan as a tree with what each step takes, or as text to send to somebody. */
export function PlanView({ plan }: { readonly plan: Plan }): ReactNode {
  const t = useText(sqlTexts);
  const [shows, show] = useState('tree');
  return (
    <div className={styles['plan']}>
      <SegmentedControl
        size="xs"
        className={styles['switch'] ?? ''}
        aria-label={t('explain')}
        value={shows}
        onChange={show}
        data={[
          { value: 'tree', label: t('tree') },
          { value: 'text', label: t('text') },
        ]}
      />
      {shows === 'tree' ? (
        <PlanTree plan={plan} />
      ) : (
        <pre className={styles['text']} dir="ltr" tabIndex={0}>
          {planText(plan)}
        </pre>
      )}
    </div>
  );
}

function PlanTree({ plan: { root } }: { readonly plan: Plan }): ReactNode {
  const t = useText(sqlTexts);
  const format = useFormat();
  const isMeasured = root.actual !== null;
  const heads = [t('step'), t('share'), t('cost'), t('planned'), ...(isMeasured ? [t('actual'), t('time')] : [])];
  return (
    <DataTable label={t('explain')} heads={heads}>
      {flatten(root, 0).map(({ step, depth }, index) => {
        const share = ownShare(step, root);
        return (
          <Table.Tr key={index}>
            <Table.Td>
              <div className={styles['step']} style={{ marginInlineStart: depth * 20 }}>
                <bdi dir="ltr">{step.title}</bdi>
                {step.notes.map((note) => (
                  <bdi key={note} dir="ltr" className={styles['note']}>
                    {note}
                  </bdi>
                ))}
              </div>
            </Table.Td>
            <Table.Td>
              <span className={styles['share']}>
                <span className={styles['bar']} style={{ inlineSize: `${Math.round(share * 100)}%` }} />
              </span>
              {format.number(share, { style: 'percent', maximumFractionDigits: 0 })}
            </Table.Td>
            <Table.Td className={styles['figure'] ?? ''}>{format.number(step.totalCost)}</Table.Td>
            <Table.Td className={styles['figure'] ?? ''}>{format.number(step.plannedRows)}</Table.Td>
            {step.actual !== null && (
              <>
                <Table.Td className={styles['figure'] ?? ''}>
                  {format.number(step.actual.rows * step.actual.loops)}
                </Table.Td>
                <Table.Td className={styles['figure'] ?? ''}>
                  {format.number(step.actual.ms * step.actual.loops, { maximumFractionDigits: 2 })} ms
                </Table.Td>
              </>
            )}
          </Table.Tr>
        );
      })}
    </DataTable>
  );
}

function flatten(step: PlanStep, depth: number): readonly { readonly step: PlanStep; readonly depth: number }[] {
  return [{ step, depth }, ...step.steps.flatMap((inner) => flatten(inner, depth + 1))];
}

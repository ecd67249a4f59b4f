import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import type { AuditRecord } from '../../api/insight.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useFormat, useText } from '../../texts/use-text.ts';
import styles from './audit-page.module.css';
import { auditTexts } from './audit-texts.ts';

/** Entries, the newest first; what else is known of one opens below it. */
export function AuditTable({ records }: { readonly records: readonly AuditRecord[] }): ReactNode {
  const t = useText(auditTexts);
  const format = useFormat();
  return (
    <DataTable label={t('title')} heads={[t('when'), t('who'), t('what'), t('where'), t('detail')]}>
      {records.map((record) => {
        const { seq, at, actor_kind: kind, actor_name: name, action, project_ref: project } = record;
        return (
          <Table.Tr key={seq} className={styles['entry'] ?? ''}>
            <Table.Td className={styles['time'] ?? ''}>
              <time dateTime={at} title={at}>
                {format.dateTime(new Date(at), { dateStyle: 'medium', timeStyle: 'medium' })}
              </time>
            </Table.Td>
            <Table.Td>
              <bdi>{name}</bdi>
              {kind !== 'account' && <span className={styles['muted']}>{t(kind)}</span>}
            </Table.Td>
            <Table.Td>
              <code dir="ltr" className={styles['code']}>
                {action}
              </code>
            </Table.Td>
            <Table.Td>{project !== null && <bdi dir="ltr">{project}</bdi>}</Table.Td>
            <Table.Td className={styles['detail'] ?? ''}>
              <Details record={record} />
            </Table.Td>
          </Table.Tr>
        );
      })}
    </DataTable>
  );
}

function Details({ record: { detail, target, address, request_id: id } }: { readonly record: AuditRecord }): ReactNode {
  const t = useText(auditTexts);
  const short = summaryOf(detail);
  return (
    <details>
      <summary>
        <span dir="ltr">{short === '' ? (target ?? '…') : short}</span>
      </summary>
      <pre className={styles['json']} dir="ltr" tabIndex={0}>
        {JSON.stringify(detail, null, 2)}
      </pre>
      <p className={styles['more']}>
        {target !== null && <bdi>{t('target', { target })}</bdi>}
        {address !== null && <bdi>{t('from', { address })}</bdi>}
        {id !== null && <bdi>{t('request', { id })}</bdi>}
      </p>
    </details>
  );
}

/** In one line. */
function summaryOf(detail: unknown): string {
  if (typeof detail !== 'object' || detail === null) return '';
  return Object.entries(detail)
    .filter(([, value]) => value !== null && value !== false)
    .map(([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

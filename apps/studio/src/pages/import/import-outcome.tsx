import { Alert, Button, Table } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { LoadOrder, LoadOutcome } from '../../api/sheets.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import styles from './import-page.module.css';
import { importTexts } from './import-texts.ts';
import type { Import } from './use-import.ts';

const ROW_FAULTS = ['too-many-cells', 'too-few-cells', 'cell-too-large', 'not-an-object', 'not-text'] as const;

/** What the last try, or an import that was undone, came to; nothing before the first. */
export function TriedNote({ work: { tried, faultsUrl } }: { readonly work: Import }): ReactNode {
  const t = useText(importTexts);
  if (tried === null) return null;
  const { loaded, faulty, too_many: isTooMany } = tried;
  const text = isTooMany
    ? t('tooMany')
    : faulty === 0
      ? t('fine', { count: loaded })
      : loaded === 0
        ? t('nothing', { faulty })
        : t('wouldLoad', { loaded, faulty });
  return (
    <>
      <Alert
        role="status"
        color={faulty === 0 ? 'green' : 'yellow'}
        icon={<Icon name={faulty === 0 ? 'circle-check' : 'alert-triangle'} />}
        p="xs"
      >
        {text}
      </Alert>
      <Faults outcome={tried} url={faultsUrl} />
    </>
  );
}

/** What was imported, and where it is. */
export function ImportOutcome({
  work,
  order,
  outcome,
}: {
  readonly work: Import;
  readonly order: LoadOrder;
  readonly outcome: LoadOutcome;
}): ReactNode {
  const t = useText(importTexts);
  const { ref } = useProject();
  const { schema, table } = order;
  return (
    <>
      <Blank
        icon="circle-check"
        title={t('done', { loaded: outcome.loaded })}
        action={
          <div className={styles['actions']}>
            <Button
              renderRoot={(props: object) => (
                <Link {...props} to="/projects/$ref/tables/$schema/$table" params={{ ref, schema, table }} />
              )}
            >
              {t('openTable')}
            </Button>
            <Button variant="default" onClick={work.startOver}>
              {t('importMore')}
            </Button>
          </div>
        }
      >
        {outcome.faulty > 0 && <p>{t('andFaulty', { faulty: outcome.faulty })}</p>}
        {order.create !== null && <p>{t('rlsNote')}</p>}
      </Blank>
      <Faults outcome={outcome} url={work.faultsUrl} />
    </>
  );
}

function Faults({ outcome, url }: { readonly outcome: LoadOutcome; readonly url: string | null }): ReactNode {
  const t = useText(importTexts);
  const { faults, faulty } = outcome;
  if (faults.length === 0) return null;
  return (
    <section className={styles['faults']}>
      <header className={styles['line']}>
        <span>
          {faulty > faults.length ? t('moreFaults', { shown: faults.length }) : t('faulty', { count: faulty })}
        </span>
        {url !== null && (
          <Button
            variant="default"
            leftSection={<Icon name="download" />}
            renderRoot={(props: object) => <a {...props} href={url} download />}
          >
            {t('errorFile')}
          </Button>
        )}
      </header>
      <DataTable label={t('reason')} heads={[t('row'), t('column'), t('reason')]}>
        {faults.map(({ row, column, code, message = '' }, at) => {
          const known = ROW_FAULTS.find((name) => name === code);
          return (
            <Table.Tr key={at}>
              <Table.Td className={styles['number'] ?? ''}>{row}</Table.Td>
              <Table.Td>
                <bdi dir="ltr">{column}</bdi>
              </Table.Td>
              <Table.Td>
                <bdi>{known === undefined ? message : t(known)}</bdi>
              </Table.Td>
            </Table.Tr>
          );
        })}
      </DataTable>
    </section>
  );
}

import { Alert, Button, Progress } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import { LoadFailed } from '../../api/sheets.ts';
import type { Structure } from '../../api/structure-types.ts';
import { FormError } from '../../parts/form-error.tsx';
import { Page } from '../../parts/page.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { FileDrop } from './file-drop.tsx';
import { ImportForm } from './import-form.tsx';
import { ImportOutcome } from './import-outcome.tsx';
import styles from './import-page.module.css';
import { importTexts } from './import-texts.ts';
import { type Import, useImport } from './use-import.ts';

/** A file becomes rows of a table: chosen, looked at, tried out, loaded. */
export function ImportPage(): ReactNode {
  const t = useText(importTexts);
  const { ref, role } = useProject();
  const structure = useQuery(queries.structure(ref));
  if (!isAtLeast(role, 'developer')) {
    return (
      <Blank icon="lock" title={t('title')}>
        {t('needsRole')}
      </Blank>
    );
  }
  return (
    <Page title={t('title')}>
      <WhileLoading query={structure}>{(found) => <Importing structure={found} />}</WhileLoading>
    </Page>
  );
}

function Importing({ structure }: { readonly structure: Structure }): ReactNode {
  const t = useText(importTexts);
  const { ref } = useProject();
  const work = useImport(ref);
  const { stage, file, examined } = work;
  return (
    <div className={styles['content']}>
      <ImportError error={work.error} />
      {work.wasStopped && (
        <Alert role="status" icon={<Icon name="info-circle" />} p="xs">
          {t('stopped')}
        </Alert>
      )}
      {stage.kind === 'choosing' && <FileDrop onFile={work.choose} />}
      {stage.kind === 'sending' && file !== null && (
        <Working
          label={t('sending', { name: file.name })}
          part={stage.bytes / Math.max(1, file.size)}
          onStop={work.stop}
        />
      )}
      {stage.kind === 'reading' && <Working label={t('reading')} part={1} onStop={work.stop} />}
      {(stage.kind === 'mapping' || stage.kind === 'loading') && examined !== null && file !== null && (
        // It keeps what was chosen while that is tried out.
        <div hidden={stage.kind === 'loading'}>
          <ImportForm
            key={JSON.stringify(examined.form)}
            work={work}
            file={file}
            examined={examined}
            structure={structure}
          />
        </div>
      )}
      {stage.kind === 'loading' && examined !== null && <Loading work={work} rows={examined.rows} />}
      {stage.kind === 'done' && <ImportOutcome work={work} order={stage.order} outcome={stage.outcome} />}
    </div>
  );
}

function Loading({ work, rows }: { readonly work: Import; readonly rows: number }): ReactNode {
  const t = useText(importTexts);
  const { stage } = work;
  if (stage.kind !== 'loading') return null;
  const { read, faulty } = stage.progress;
  return (
    <Working
      label={stage.isDryRun ? t('trying') : t('loading')}
      part={read / Math.max(1, rows)}
      detail={`${t('progress', { read, rows })}${faulty === 0 ? '' : ` · ${t('faulty', { count: faulty })}`}`}
      onStop={work.stop}
    />
  );
}

interface WorkingProps {
  readonly label: string;
  /** Between 0 and 1. */
  readonly part: number;
  readonly detail?: string;
  readonly onStop: () => void;
}

function Working({ label, part, detail, onStop }: WorkingProps): ReactNode {
  const t = useText(importTexts);
  return (
    <section className={styles['working']} aria-label={label}>
      <div className={styles['line']}>
        <bdi role="status">{label}</bdi>
        <Button variant="default" leftSection={<Icon name="player-stop" />} onClick={onStop}>
          {t('stop')}
        </Button>
      </div>
      <Progress value={part * 100} aria-label={label} />
      {detail !== undefined && <p className={styles['detail']}>{detail}</p>}
    </section>
  );
}

const FILE_FAULTS = {
  empty: 'fileEmpty',
  'row-too-large': 'fileRow',
  'quote-not-closed': 'fileQuote',
  'too-many-columns': 'fileColumns',
  'not-json': 'fileJson',
  'not-a-workbook': 'fileBook',
  'workbook-too-large': 'fileBomb',
  encrypted: 'fileLocked',
  'not-text': 'fileNoText',
} as const;

/** What is wrong with a file in the reader's own words; everything else as any refusal is told. */
function ImportError({ error }: { readonly error: unknown }): ReactNode {
  const t = useText(importTexts);
  const isOurs = (error instanceof ApiError || error instanceof LoadFailed) && error.code === 'control.import_file';
  const [, reason = '', , row] = isOurs ? (/: ([a-z-]+)(, row (\d+))?$/.exec(error.message) ?? []) : [];
  const known = Object.entries(FILE_FAULTS).find(([name]) => name === reason)?.[1];
  if (known === undefined && !(error instanceof LoadFailed)) return <FormError error={error} />;
  return (
    <Alert role="alert" color="red" icon={<Icon name="alert-circle" />} p="xs">
      {known === undefined ? String(error instanceof Error ? error.message : error) : t(known)}
      {row === undefined ? '' : ` (${t('row')} ${row})`}
    </Alert>
  );
}

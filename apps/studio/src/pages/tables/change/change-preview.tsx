import { Alert, Code, Stack, Text } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { useQueries } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { type Operation, type Preview, structure } from '../../../api/structure.ts';
import { FormError } from '../../../parts/form-error.tsx';
import { useProject } from '../../../parts/use-project.ts';
import { useText } from '../../../texts/use-text.ts';
import { tablesTexts } from '../tables-texts.ts';
import styles from './change.module.css';

const LOCKS = { 'reads and writes': 'lockedAll', writes: 'lockedWrites', 'other changes': 'lockedOther' } as const;
/** Below this, reading or writing all of a table is nothing to speak of. */
const MANY_ROWS = 10_000;

export interface PreviewState {
  readonly previews: readonly Preview[];
  readonly isPending: boolean;
  readonly error: unknown;
}

/** What operations would do, each for itself. */
export function usePreviews(operations: readonly Operation[]): PreviewState {
  const { ref } = useProject();
  const asked = useQueries({
    queries: operations.map((operation) => ({
      queryKey: ['preview', ref, operation],
      queryFn: ({ signal }: { signal: AbortSignal }) => structure.preview(ref, operation, signal),
      staleTime: 0,
      gcTime: 0,
      retry: false,
    })),
  });
  return {
    previews: asked.flatMap(({ data }) => data ?? []),
    isPending: asked.some(({ isPending }) => isPending),
    error: asked.find(({ error }) => error !== null)?.error ?? null,
  };
}

/** SQL, locks and what would be lost, before anything happens. */
export function ChangePreview({
  state,
  following = [],
}: {
  readonly state: PreviewState;
  /** Statements after those that can be looked at before anything is done. */
  readonly following?: readonly string[];
}): ReactNode {
  const t = useText(tablesTexts);
  const { previews, isPending, error } = state;
  if (error !== null) return <FormError error={error} />;
  if (isPending) {
    return (
      <Text size="sm" c="dimmed" role="status">
        {t('asking')}
      </Text>
    );
  }
  const statements = [...previews.flatMap((preview) => preview.statements), ...following];
  const grave = previews.flatMap((preview) => graveOf(preview, t));
  const notes = previews.flatMap((preview) => notesOf(preview, t));
  return (
    <Stack gap="xs">
      {grave.length > 0 && (
        <Alert color="red" icon={<Icon name="alert-triangle" />} p="xs">
          {grave.map((sentence) => (
            <div key={sentence}>{sentence}</div>
          ))}
        </Alert>
      )}
      {notes.map((note) => (
        <Text key={note} size="sm" c="dimmed">
          {note}
        </Text>
      ))}
      <Code block dir="ltr" className={styles['sql'] ?? ''} tabIndex={0}>
        {statements.map((statement) => `${statement};`).join('\n')}
      </Code>
    </Stack>
  );
}

type Say = ReturnType<typeof useText<keyof (typeof tablesTexts)['en']>>;

function names(things: Preview['removes']): string {
  return things.map(({ kind, identity }) => `${kind} ${identity}`).join(', ');
}

function graveOf({ losses, obstacles, removes, blockedBy }: Preview, t: Say): readonly string[] {
  return [
    ...losses.map(({ says, found }) => t(found === 'yes' ? 'loses' : 'maybeLoses', { what: says })),
    ...obstacles.map(({ says, found }) => t(found === 'yes' ? 'fails' : 'mayFail', { what: says })),
    ...(removes.length > 1 ? [t('goesToo', { what: names(removes) })] : []),
    ...(blockedBy.length > 0 ? [t('blockedBy', { what: names(blockedBy) })] : []),
  ];
}

function notesOf({ locks }: Preview, t: Say): readonly string[] {
  return locks.map(({ relation, blocks, rewrites, scans, rows }) => {
    const size = rows !== null && rows >= MANY_ROWS ? rows : null;
    const work = size === null ? null : rewrites === true ? 'rewrites' : scans === true ? 'scans' : null;
    const lock = t('locks', { relation, what: t(LOCKS[blocks]) });
    return work === null || size === null ? `${lock}.` : `${lock}. ${t(work, { rows: size })}`;
  });
}

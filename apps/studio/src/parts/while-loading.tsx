import { Skeleton, Stack } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import { Failure } from '../app/failure.tsx';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';

/** What comes sooner is not announced. */
const SHOW_AFTER_MS = 150;
const ROWS = 4;

export interface WhileLoadingProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** Rows to come, then the rows; or why there are none. */
export function WhileLoading<Data>({ query, children }: WhileLoadingProps<Data>): ReactNode {
  if (query.data !== undefined) return children(query.data);
  if (query.error !== null) return <Failure error={query.error} retry={() => void query.refetch()} />;
  return <Rows />;
}

function Rows(): ReactNode {
  const t = useText(commonTexts);
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isLate) return null;
  return (
    <Stack p="md" gap="sm" role="status" aria-label={t('loading')}>
      {Array.from({ length: ROWS }, (_, row) => (
        <Skeleton key={row} height={28} />
      ))}
    </Stack>
  );
}

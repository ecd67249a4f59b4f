import { Button } from '@mantine/core';
import { Blank } from '@ashlar/ui';
import type { ReactNode } from 'react';
import { commonTexts } from '../texts/common.ts';
import { useText } from '../texts/use-text.ts';

/** A search that finds nothing offers to be cleared. */
export function NoneFound({ title, onClear }: { readonly title: string; readonly onClear: () => void }): ReactNode {
  const c = useText(commonTexts);
  return (
    <Blank
      icon="search"
      title={title}
      action={
        <Button variant="default" onClick={onClear}>
          {c('clearSearch')}
        </Button>
      }
    />
  );
}

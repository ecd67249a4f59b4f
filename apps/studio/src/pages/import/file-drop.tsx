import { Button, FileButton } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { type ReactNode, useState } from 'react';
import { useText } from '../../texts/use-text.ts';
import styles from './import-page.module.css';
import { importTexts } from './import-texts.ts';

/** Takes a file, dropped or chosen. */
export function FileDrop({ onFile }: { readonly onFile: (file: File) => void }): ReactNode {
  const t = useText(importTexts);
  const [isOver, setOver] = useState(false);
  return (
    <section
      className={styles['drop']}
      aria-label={t('title')}
      data-over={isOver}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined) onFile(file);
      }}
    >
      <Icon name="file-import" size={28} />
      <h2>{t('drop')}</h2>
      <p>{t('dropHint')}</p>
      <FileButton onChange={(file) => file !== null && onFile(file)} accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl,.xlsx">
        {(props) => (
          <Button {...props} leftSection={<Icon name="upload" />}>
            {t('choose')}
          </Button>
        )}
      </FileButton>
    </section>
  );
}

import { Checkbox, Select } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ExaminedFile, Reading } from '../../api/sheets.ts';
import { useText } from '../../texts/use-text.ts';
import styles from './import-page.module.css';
import { importTexts } from './import-texts.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1256'];

/** How the file is read; a change has it read again. */
export function ReadingFields({
  examined: { form, sheets },
  onRead,
}: {
  readonly examined: ExaminedFile;
  readonly onRead: (reading: Reading) => void;
}): ReactNode {
  const t = useText(importTexts);
  const { encoding, delimiter, headings, sheet } = form;
  const now: Reading = {
    ...(encoding === undefined ? {} : { encoding }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(headings === undefined ? {} : { headings }),
    ...(sheet === undefined ? {} : { sheet }),
  };
  const delimiters = [
    { value: ',', label: t('comma') },
    { value: ';', label: t('semicolon') },
    { value: '\t', label: t('tab') },
    { value: '|', label: t('bar') },
  ];
  return (
    <div className={styles['fields']}>
      {sheet !== undefined && sheets.length > 1 && (
        <Select
          label={t('sheet')}
          data={[...new Set(sheets)]}
          value={sheet}
          allowDeselect={false}
          onChange={(value) => value !== null && onRead({ ...now, sheet: value })}
        />
      )}
      {delimiter !== undefined && (
        <Select
          label={t('delimiter')}
          data={delimiters}
          value={delimiter}
          allowDeselect={false}
          onChange={(value) => value !== null && onRead({ ...now, delimiter: value })}
        />
      )}
      {encoding !== undefined && (
        <Select
          label={t('encoding')}
          data={ENCODINGS}
          value={encoding}
          allowDeselect={false}
          onChange={(value) => value !== null && onRead({ ...now, encoding: value })}
        />
      )}
      {headings !== undefined && (
        <Checkbox
          className={styles['check'] ?? ''}
          label={t('headings')}
          checked={headings}
          onChange={({ currentTarget: { checked } }) => onRead({ ...now, headings: checked })}
        />
      )}
    </div>
  );
}

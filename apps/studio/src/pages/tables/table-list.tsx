import { ActionIcon, TextInput, Tooltip, UnstyledButton } from '@mantine/core';
import { Icon } from '@ashlar/ui';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Structure } from '../../api/structure-types.ts';
import { useProject } from '../../parts/use-project.ts';
import { useLanguage } from '../../texts/language.tsx';
import { useText } from '../../texts/use-text.ts';
import { tablesTexts } from './tables-texts.ts';
import styles from './table-list.module.css';
import { viewsTexts } from './views/views-texts.ts';
import { ownSchemas, tablesIn } from './use-structure.ts';

export interface TableListProps {
  readonly structure: Structure;
  /** Null for who may not make tables. */
  readonly onMake: (() => void) | null;
}

/** Every table by schema, with how many rows it has, roughly. */
export function TableList({ structure, onMake }: TableListProps): ReactNode {
  const t = useText(tablesTexts);
  const v = useText(viewsTexts);
  const { locale } = useLanguage();
  const { ref } = useProject();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const roughly = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const groups = ownSchemas(structure)
    .map((schema) => ({
      schema,
      tables: tablesIn(structure, schema).filter(({ name }) => name.toLowerCase().includes(wanted)),
    }))
    .filter(({ tables }) => tables.length > 0);
  return (
    <nav className={styles['list']} aria-label={t('tables')}>
      <div className={styles['head']}>
        <TextInput
          className={styles['search'] ?? ''}
          size="xs"
          type="search"
          aria-label={t('search')}
          placeholder={t('search')}
          leftSection={<Icon name="search" />}
          value={search}
          onChange={({ currentTarget: { value } }) => setSearch(value)}
        />
        {onMake !== null && (
          <Tooltip label={t('newTable')}>
            <ActionIcon aria-label={t('newTable')} onClick={onMake}>
              <Icon name="plus" />
            </ActionIcon>
          </Tooltip>
        )}
        {onMake !== null && (
          <Tooltip label={v('import')}>
            <ActionIcon
              aria-label={v('import')}
              renderRoot={(props: object) => <Link {...props} to="/projects/$ref/import" params={{ ref }} />}
            >
              <Icon name="file-import" />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      <div className={styles['scroll']}>
        {groups.map(({ schema, tables }) => (
          <section key={schema} aria-label={schema}>
            <h2 className={styles['schema']} dir="ltr">
              {schema}
            </h2>
            {tables.map(({ name, kind, rows }) => (
              <Link
                key={name}
                to="/projects/$ref/tables/$schema/$table"
                params={{ ref, schema, table: name }}
                className={styles['link'] ?? ''}
                activeProps={{ 'data-active': true, 'aria-current': 'page' }}
              >
                <Icon name={kind.includes('view') ? 'eye' : 'table'} />
                <bdi className={styles['name']}>{name}</bdi>
                {rows !== null && rows > 0 && (
                  <span className={styles['rows']} title={t('rowEstimate', { rows })}>
                    {roughly.format(rows)}
                  </span>
                )}
              </Link>
            ))}
          </section>
        ))}
        {groups.length === 0 && (
          <p className={styles['none']}>
            {t('noneFound')}{' '}
            <UnstyledButton className={styles['clear'] ?? ''} onClick={() => setSearch('')}>
              {t('clearSearch')}
            </UnstyledButton>
          </p>
        )}
      </div>
    </nav>
  );
}

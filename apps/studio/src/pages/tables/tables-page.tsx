import { Button } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { Outlet, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { CreateTableDialog } from './change/create-table-dialog.tsx';
import { TableList } from './table-list.tsx';
import { tablesTexts } from './tables-texts.ts';
import styles from './tables-page.module.css';
import { ownSchemas, tablesIn, useStructure } from './use-structure.ts';

/** The tables of a project at the start, the rows of one of them beside. */
export function TablesPage(): ReactNode {
  const t = useText(tablesTexts);
  const project = useProject();
  const navigate = useNavigate();
  const { table } = useParams({ strict: false });
  const { new: isMaking } = useSearch({ strict: false });
  const query = useStructure(project.ref);
  const mayChange = isAtLeast(project.role, 'developer');
  const make = (isOpen: boolean): void =>
    void navigate({ to: '.', search: (before) => ({ ...before, new: isOpen ? true : undefined }), replace: true });
  if (project.status === 'paused') {
    return (
      <Blank icon="player-pause" title={t('paused')}>
        {t('pausedHint')}
      </Blank>
    );
  }
  return (
    <article className={styles['page']} data-open={table === undefined ? undefined : true}>
      <h1 className={styles['title']}>{table ?? t('title')}</h1>
      <WhileLoading query={query}>
        {(structure) => (
          <>
            {ownSchemas(structure).every((schema) => tablesIn(structure, schema).length === 0) ? (
              <Blank
                icon="table"
                title={t('noTables')}
                action={
                  mayChange ? (
                    <Button leftSection={<Icon name="plus" />} onClick={() => make(true)}>
                      {t('createTable')}
                    </Button>
                  ) : undefined
                }
              >
                {t('noTablesHint')} {!mayChange && t('noTablesViewer')}
              </Blank>
            ) : (
              <>
                <TableList structure={structure} onMake={mayChange ? () => make(true) : null} />
                <div className={styles['content']}>
                  <Outlet />
                </div>
              </>
            )}
            {mayChange && isMaking === true && <CreateTableDialog structure={structure} onClose={() => make(false)} />}
          </>
        )}
      </WhileLoading>
    </article>
  );
}

/** Before a table was chosen. */
export function NoTableChosen(): ReactNode {
  const t = useText(tablesTexts);
  return (
    <Blank icon="table" title={t('choose')}>
      {t('chooseHint')}
    </Blank>
  );
}

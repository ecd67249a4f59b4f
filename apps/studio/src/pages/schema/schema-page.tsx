import { Button } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import type { Structure } from '../../api/structure-types.ts';
import { Page } from '../../parts/page.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { TabLinks } from '../../parts/tab-links.tsx';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { tablesTexts } from '../tables/tables-texts.ts';
import { useStructure } from '../tables/use-structure.ts';
import { EnumDialog } from './dialogs/enum-dialog.tsx';
import { ownTables } from './dialogs/fields.tsx';
import { FunctionDialog } from './dialogs/function-dialog.tsx';
import { IndexDialog } from './dialogs/index-dialog.tsx';
import { KeyDialog } from './dialogs/key-dialog.tsx';
import { TriggerDialog } from './dialogs/trigger-dialog.tsx';
import { entriesOf } from './entries.ts';
import { EntryList } from './entry-list.tsx';
import { type Kind, KINDS, type SchemaSearch } from './kinds.ts';
import { PolicyDialog } from './policies/policy-dialog.tsx';
import { RowSecurityNotes } from './row-security-notes.tsx';
import { schemaTexts } from './schema-texts.ts';
import styles from './schema-page.module.css';

const Diagram = lazy(async () => ({ default: (await import('./diagram/diagram.tsx')).Diagram }));

const MAKING = {
  policies: 'newPolicy',
  keys: 'newKey',
  indexes: 'newIndex',
  enums: 'newEnum',
  functions: 'newFunction',
  triggers: 'newTrigger',
} as const;
const NONE = {
  policies: 'nonePolicies',
  keys: 'noneKeys',
  indexes: 'noneIndexes',
  enums: 'noneEnums',
  functions: 'noneFunctions',
  triggers: 'noneTriggers',
} as const;

/** What a project's tables are surrounded by: policies, keys, indexes, enums, functions, triggers, and how they relate. */
export function SchemaPage(): ReactNode {
  const t = useText(schemaTexts);
  const s = useText(tablesTexts);
  const { ref, role, status } = useProject();
  const navigate = useNavigate();
  const search: SchemaSearch = useSearch({ strict: false });
  const kind = search.kind ?? 'policies';
  const [text, setText] = useState('');
  const query = useStructure(ref);
  const mayChange = isAtLeast(role, 'developer');
  const go = (next: SchemaSearch): void => void navigate({ to: '.', search: () => next, replace: true });
  const kept = { kind, ...(search.of === undefined ? {} : { of: search.of }) };
  if (status === 'paused') {
    return (
      <Blank icon="player-pause" title={s('paused')}>
        {s('pausedHint')}
      </Blank>
    );
  }
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <TabLinks label={t('title')}>
            {KINDS.map((one) => (
              <Link
                key={one}
                to="/projects/$ref/schema"
                params={{ ref }}
                search={{ ...kept, kind: one }}
                replace
                // Also where the address does not say so.
                aria-current={one === kind ? 'page' : undefined}
              >
                {t(one)}
              </Link>
            ))}
          </TabLinks>
          {kind !== 'diagram' && (
            <>
              <SearchField label={t('search')} value={text} onChange={setText} />
              {search.of !== undefined && (
                <Button
                  variant="light"
                  rightSection={<Icon name="x" />}
                  title={t('showAll')}
                  onClick={() => go({ kind })}
                >
                  {t('filteredTo', { table: search.of.replace(/^public\./, '') })}
                </Button>
              )}
              {mayChange && (
                <Button data-end leftSection={<Icon name="plus" />} onClick={() => go({ ...kept, new: true })}>
                  {t(MAKING[kind])}
                </Button>
              )}
            </>
          )}
        </>
      }
    >
      <WhileLoading query={query}>
        {(structure) =>
          kind === 'diagram' ? (
            <Suspense fallback={null}>
              <Diagram
                structure={structure}
                of={search.of}
                onChoose={(of) => go({ kind, ...(of === null ? {} : { of }) })}
              />
            </Suspense>
          ) : (
            <>
              {!mayChange && <p className={styles['note']}>{t('viewerNote')}</p>}
              {kind === 'policies' && <RowSecurityNotes structure={structure} mayChange={mayChange} />}
              <Entries structure={structure} kind={kind} of={search.of} text={text} mayChange={mayChange} />
              {mayChange && search.new === true && (
                <Make structure={structure} kind={kind} of={search.of} onClose={() => go(kept)} />
              )}
            </>
          )
        }
      </WhileLoading>
    </Page>
  );
}

interface EntriesProps {
  readonly structure: Structure;
  readonly kind: Exclude<Kind, 'diagram'>;
  readonly of: string | undefined;
  readonly text: string;
  readonly mayChange: boolean;
}

function Entries({ structure, kind, of, text, mayChange }: EntriesProps): ReactNode {
  const t = useText(schemaTexts);
  const entries = entriesOf(structure, kind);
  const wanted = text.trim().toLowerCase();
  const shown = entries
    .filter((entry) => of === undefined || entry.of === null || entry.of === of)
    .filter(({ name, of: table }) => `${name} ${table ?? ''}`.toLowerCase().includes(wanted))
    .toSorted((left, right) => left.key.localeCompare(right.key));
  if (entries.length === 0) {
    return (
      <Blank icon="schema" title={t('none')}>
        {t(NONE[kind])}
      </Blank>
    );
  }
  return <EntryList label={t(kind)} structure={structure} entries={shown} mayChange={mayChange} />;
}

interface MakeProps {
  readonly structure: Structure;
  readonly kind: Exclude<Kind, 'diagram'>;
  readonly of: string | undefined;
  readonly onClose: () => void;
}

function Make({ structure, kind, of, onClose }: MakeProps): ReactNode {
  const table = ownTables(structure).find(({ schema, name }) => `${schema}.${name}` === of) ?? null;
  const props = { structure, table, onClose };
  switch (kind) {
    case 'policies':
      return <PolicyDialog {...props} policy={null} />;
    case 'keys':
      return <KeyDialog {...props} />;
    case 'indexes':
      return <IndexDialog {...props} />;
    case 'enums':
      return <EnumDialog {...props} />;
    case 'functions':
      return <FunctionDialog {...props} />;
    case 'triggers':
      return <TriggerDialog {...props} />;
  }
}

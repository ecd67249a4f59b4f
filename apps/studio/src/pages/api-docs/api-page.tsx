import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { Blank, Icon } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import type { FunctionInfo, Structure, TableInfo } from '../../api/structure-types.ts';
import { CodeBlock } from '../../parts/code-block.tsx';
import { Page } from '../../parts/page.tsx';
import { projectAddress } from '../../parts/project-address.ts';
import { useProject } from '../../parts/use-project.ts';
import { WhileLoading } from '../../parts/while-loading.tsx';
import { useText } from '../../texts/use-text.ts';
import { labelOf } from '../schema/dialogs/fields.tsx';
import { ownSchemas, tablesIn, useStructure } from '../tables/use-structure.ts';
import { apiTexts } from './api-texts.ts';
import styles from './api-page.module.css';
import { connectSnippet, functionSnippets, type Language, LANGUAGES, tableSnippets, type Target } from './snippets.ts';

const STORED_AT = 'ashlar.api-language';

interface Callable {
  /** `table public.notes` */
  readonly id: string;
  readonly label: string;
  readonly table: TableInfo | null;
  readonly function: FunctionInfo | null;
}

/** For every table and function the calls a program would make, with the project's own names and address. */
export function ApiPage(): ReactNode {
  const t = useText(apiTexts);
  const { ref, role } = useProject();
  const query = useStructure(ref);
  const { data: keys } = useQuery({ ...queries.keys(ref), enabled: isAtLeast(role, 'developer') });
  const [language, setLanguage] = useState<Language>(
    () => LANGUAGES.find((one) => one === localStorage.getItem(STORED_AT)) ?? 'js',
  );
  const key = keys?.publishable_keys[0];
  return (
    <Page
      title={t('title')}
      toolbar={
        <>
          <SegmentedControl
            size="xs"
            aria-label={t('language')}
            data={LANGUAGES.map((value) => ({ value, label: t(value) }))}
            value={language}
            onChange={(next) => {
              const chosen = LANGUAGES.find((one) => one === next) ?? language;
              localStorage.setItem(STORED_AT, chosen);
              setLanguage(chosen);
            }}
          />
          <Button
            data-end
            variant="default"
            leftSection={<Icon name="player-play" />}
            renderRoot={(props: object) => <Link {...props} to="/projects/$ref/api/graphql" params={{ ref }} />}
          >
            {t('tryGraphql')}
          </Button>
        </>
      }
    >
      <WhileLoading query={query}>
        {(structure) => (
          <Docs
            structure={structure}
            language={language}
            target={{ address: projectAddress(ref), key: key ?? t('keyPlace'), inflects: inflects(structure) }}
            isKeyHidden={key === undefined && !isAtLeast(role, 'developer')}
          />
        )}
      </WhileLoading>
    </Page>
  );
}

function inflects({ schemas }: Structure): boolean {
  return schemas.some(({ name, comment }) => name === 'public' && /"inflect_names":\s*true/.test(comment ?? ''));
}

function callables(structure: Structure): readonly Callable[] {
  const schemas = ownSchemas(structure);
  const tables = schemas.flatMap((schema) => tablesIn(structure, schema));
  const functions = structure.functions.filter(
    ({ kind, returns, schema }) => kind === 'function' && returns !== 'trigger' && schemas.includes(schema),
  );
  return [
    ...tables.map((table) => ({ id: `table ${labelOf(table)}`, label: labelOf(table), table, function: null })),
    ...functions.map((one) => ({
      id: `function ${labelOf(one)}(${one.signature})`,
      label: labelOf(one),
      table: null,
      function: one,
    })),
  ];
}

interface DocsProps {
  readonly structure: Structure;
  readonly language: Language;
  readonly target: Target;
  readonly isKeyHidden: boolean;
}

function Docs({ structure, language, target, isKeyHidden }: DocsProps): ReactNode {
  const t = useText(apiTexts);
  const { of }: { readonly of?: string } = useSearch({ strict: false });
  const all = callables(structure);
  const shown = all.find(({ id }) => id === of);
  return (
    <div className={styles['docs']} data-open={shown === undefined ? undefined : true}>
      <CallableList all={all} />
      <div className={styles['content']}>
        {isKeyHidden && <p className={styles['note']}>{t('keyHidden', { key: target.key })}</p>}
        {shown === undefined ? (
          <>
            <h2 className={styles['heading']}>{t('connect')}</h2>
            <CodeBlock
              label={t('connect')}
              code={language === 'curl' ? connectSnippet(target).curl : connectSnippet(target).js}
            />
            {all.length === 0 && (
              <Blank icon="code" title={t('none')}>
                {t('noneHint')}
              </Blank>
            )}
          </>
        ) : (
          <Calls structure={structure} shown={shown} language={language} target={target} />
        )}
      </div>
    </div>
  );
}

function CallableList({ all }: { readonly all: readonly Callable[] }): ReactNode {
  const t = useText(apiTexts);
  const { ref } = useProject();
  const { of }: { readonly of?: string } = useSearch({ strict: false });
  const [text, setText] = useState('');
  const wanted = text.trim().toLowerCase();
  const found = all.filter(({ label }) => label.toLowerCase().includes(wanted));
  const groups = [
    { title: t('tables'), items: found.filter(({ table }) => table !== null) },
    { title: t('functions'), items: found.filter(({ table }) => table === null) },
  ];
  return (
    <nav className={styles['list']} aria-label={t('list')}>
      <TextInput
        size="xs"
        type="search"
        aria-label={t('search')}
        placeholder={t('search')}
        leftSection={<Icon name="search" />}
        value={text}
        onChange={({ currentTarget: { value } }) => setText(value)}
      />
      <Link
        to="/projects/$ref/api"
        params={{ ref }}
        className={styles['link'] ?? ''}
        data-active={of === undefined ? true : undefined}
      >
        <Icon name="bolt" />
        {t('start')}
      </Link>
      {groups.map(
        ({ title, items }) =>
          items.length > 0 && (
            <section key={title}>
              <h2 className={styles['group']}>{title}</h2>
              {items.map(({ id, label, table }) => (
                <Link
                  key={id}
                  to="/projects/$ref/api"
                  params={{ ref }}
                  search={{ of: id }}
                  className={styles['link'] ?? ''}
                  data-active={of === id ? true : undefined}
                  {...(of === id ? { 'aria-current': 'page' as const } : {})}
                >
                  <Icon name={table === null ? 'function' : 'table'} />
                  <bdi>{label}</bdi>
                </Link>
              ))}
            </section>
          ),
      )}
    </nav>
  );
}

interface CallsProps {
  readonly structure: Structure;
  readonly shown: Callable;
  readonly language: Language;
  readonly target: Target;
}

function Calls({ structure, shown: { label, table, function: one }, language, target }: CallsProps): ReactNode {
  const t = useText(apiTexts);
  const { ref } = useProject();
  const key =
    structure.constraints.find(
      ({ kind, schema, table: name }) => kind === 'primary key' && schema === table?.schema && name === table?.name,
    )?.columns ?? [];
  const isTable = table?.kind === 'table' || table?.kind === 'partitioned table';
  const snippets =
    table !== null ? tableSnippets(target, table, key, isTable) : one !== null ? functionSnippets(target, one) : [];
  return (
    <>
      <h2 className={styles['heading']}>
        <bdi>{label}</bdi>
      </h2>
      {one !== null && (
        <p className={styles['note']}>
          <code dir="ltr">{`${one.name}(${one.arguments})`}</code>{' '}
          {one.returns !== null && t('returns', { type: one.returns })}
        </p>
      )}
      {isTable && table !== null && (
        <p className={styles['note']} data-open={!table.rowSecurity}>
          {t(table.rowSecurity ? 'rowSecurity' : 'noRowSecurity')}{' '}
          <Link
            to="/projects/$ref/schema"
            params={{ ref }}
            search={{ kind: 'policies', of: `${table.schema}.${table.name}` }}
            className={styles['inline'] ?? ''}
          >
            {t('policies')}
          </Link>
        </p>
      )}
      {snippets.map((snippet) => {
        const code = snippet[language];
        return (
          <section key={snippet.does} className={styles['call']}>
            <h3 className={styles['does']}>{t(snippet.does)}</h3>
            {code === null ? (
              <p className={styles['note']}>{t('notInGraphql')}</p>
            ) : (
              <CodeBlock label={t(snippet.does)} code={code} />
            )}
          </section>
        );
      })}
    </>
  );
}

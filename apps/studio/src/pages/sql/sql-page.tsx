import { showToast } from '@ashlar/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { isAtLeast } from '../../api/control.ts';
import { queries } from '../../api/queries.ts';
import type { SavedQuery } from '../../api/saved-queries.ts';
import type { SqlQuestion, SqlView } from '../../api/sql-console.ts';
import { Page } from '../../parts/page.tsx';
import { useProject } from '../../parts/use-project.ts';
import { useText } from '../../texts/use-text.ts';
import { completionOf } from './completion.ts';
import { placeOfError } from './error-place.ts';
import { HistoryMenu } from './history-menu.tsx';
import { openSqlMemory } from './history.ts';
import { SavedMenu } from './saved-menu.tsx';
import { SqlEditor, type SqlEditorHandle } from './sql-editor.tsx';
import styles from './sql-page.module.css';
import { SqlResults } from './sql-results.tsx';
import { sqlTexts } from './sql-texts.ts';
import { type RunManner, SqlToolbar } from './sql-toolbar.tsx';
import { useSqlRun } from './use-sql-run.ts';

const READER_VIEWS: readonly SqlView[] = ['reader'];
const ALL_VIEWS: readonly SqlView[] = ['reader', 'owner', 'authenticated', 'anon', 'service_role'];
/** What mails and chats carry whole. */
const MAX_LINK_LENGTH = 1_500;
const FIRST_MANNER: RunManner = { as: 'reader', user: '', rows: 1_000, seconds: 30 };

/** Free SQL, as the reader everybody may be, or as whom developers choose. */
export function SqlPage(): ReactNode {
  const t = useText(sqlTexts);
  const { ref, role } = useProject();
  const { q } = useSearch({ strict: false });
  const navigate = useNavigate();
  const { data: account } = useQuery(queries.account());
  const { data: tables = [] } = useQuery(queries.tableOutlines(ref));
  const schema = useMemo(() => completionOf(tables), [tables]);
  const memory = useMemo(() => openSqlMemory(localStorage, account?.id ?? '', ref), [account?.id, ref]);
  const [runs, setRuns] = useState(() => memory.runs());
  const [opened, setOpened] = useState<SavedQuery | null>(null);
  const [manner, setManner] = useState(FIRST_MANNER);
  const [error, setError] = useState<{ readonly at: number; readonly line: number } | null>(null);
  const editor = useRef<SqlEditorHandle>(null);
  const { last, isRunning, run, cancel } = useSqlRun(ref);
  const mayChange = isAtLeast(role, 'developer');

  // A query that came with the address takes the place of the draft, which stays in the history; nothing is run by itself.
  useEffect(() => {
    if (q === undefined) return;
    const draft = memory.draft();
    if (draft.trim() !== '' && draft !== q) setRuns(memory.noteRun({ sql: draft, at: Date.now() }));
    editor.current?.replace(q);
    memory.keepDraft(q);
    void navigate({ to: '/projects/$ref/sql', params: { ref }, search: {}, replace: true });
  }, [q, memory, navigate, ref]);

  async function ask(explain: SqlQuestion['explain']): Promise<void> {
    const wanted = editor.current?.wanted();
    if (wanted === undefined || wanted.sql.trim() === '' || isRunning) return;
    setError(null);
    setRuns(memory.noteRun({ sql: wanted.sql, at: Date.now() }));
    const { as, user, rows, seconds } = manner;
    const done = await run({
      sql: wanted.sql,
      as,
      ...(as === 'authenticated' && user !== '' ? { claims: { sub: user } } : {}),
      explain,
      max_rows: rows,
      timeout_ms: seconds * 1_000,
    });
    const place = done.error === null ? null : placeOfError(wanted.sql, done.error);
    if (place === null || done.error === null) return;
    const at = wanted.from + place;
    const line = editor.current?.mark(at, done.error.message);
    if (line !== undefined) setError({ at, line });
  }

  async function copyLink(): Promise<void> {
    const sql = editor.current?.text() ?? '';
    if (sql.length > MAX_LINK_LENGTH) {
      showToast({ text: t('linkTooLong', { count: sql.length, most: MAX_LINK_LENGTH }), tone: 'bad' });
      return;
    }
    const address = new URL(location.pathname, location.origin);
    address.searchParams.set('q', sql);
    await navigator.clipboard.writeText(address.href);
    showToast({ text: t('linkCopied'), tone: 'good' });
  }

  return (
    <Page
      title={t('title')}
      toolbar={
        <SqlToolbar
          manner={manner}
          views={mayChange ? ALL_VIEWS : READER_VIEWS}
          isRunning={isRunning}
          onManner={setManner}
          onRun={(explain) => void ask(explain)}
          onCancel={() => void cancel()}
          onCopyLink={() => void copyLink()}
        >
          <SavedMenu
            text={() => editor.current?.text() ?? ''}
            opened={opened}
            onOpen={(query) => {
              setOpened(query);
              if (query !== null) editor.current?.replace(query.sql);
            }}
          />
          <HistoryMenu
            runs={runs}
            onChoose={({ sql }) => editor.current?.replace(sql)}
            onForget={() => {
              memory.forget();
              setRuns([]);
            }}
          />
        </SqlToolbar>
      }
    >
      <div className={styles['console']}>
        {!mayChange && <p className={styles['hint']}>{t('readerOnly')}</p>}
        {manner.as === 'owner' && <p className={styles['hint']}>{t('ownerNote')}</p>}
        <SqlEditor
          ref={editor}
          initial={memory.draft()}
          label={t('editor')}
          placeholder={t('placeholder')}
          schema={schema}
          className={styles['editor'] ?? ''}
          onChange={memory.keepDraft}
          onRun={() => void ask(null)}
        />
        <div className={styles['results']}>
          <SqlResults
            key={last === null ? 'none' : `${last.answer?.results.length}-${runs[0]?.at}`}
            run={last}
            isRunning={isRunning}
            line={error?.line ?? null}
            onGoThere={() => error !== null && editor.current?.goTo(error.at)}
          />
        </div>
      </div>
    </Page>
  );
}

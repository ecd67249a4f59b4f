import { closeCompletion } from '@codemirror/autocomplete';
import { PostgreSQL, sql, type SQLNamespace } from '@codemirror/lang-sql';
import { setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { EditorView, keymap, placeholder as placeholderOf } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { sqlColours, sqlTheme } from './sql-theme.ts';

export interface SqlEditorHandle {
  /** What is to be run, the selection where there is one, and where in the text it begins. */
  readonly wanted: () => { readonly sql: string; readonly from: number };
  readonly text: () => string;
  readonly replace: (sql: string) => void;
  /** Underlines what a message is about. @returns Its line, from 1. */
  readonly mark: (at: number, message: string) => number;
  readonly goTo: (at: number) => void;
}

export interface SqlEditorProps {
  readonly initial: string;
  readonly label: string;
  readonly placeholder: string;
  /** Names that completion knows: schemas, their tables, their columns. */
  readonly schema: SQLNamespace;
  readonly className: string;
  readonly onChange: (sql: string) => void;
  readonly onRun: () => void;
  readonly ref: Ref<SqlEditorHandle>;
}

/** CodeMirror with PostgreSQL's SQL. */
export function SqlEditor({
  initial,
  label,
  placeholder,
  schema,
  className,
  ref,
  ...calls
}: SqlEditorProps): ReactNode {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const language = useRef(new Compartment());
  const words = useRef(new Compartment());
  const latest = useRef(calls);
  useLayoutEffect(() => {
    latest.current = calls;
  });
  useLayoutEffect(() => {
    if (host.current === null) return undefined;
    const run = (editor: EditorView): boolean => {
      closeCompletion(editor);
      latest.current.onRun();
      return true;
    };
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          Prec.highest(keymap.of([{ key: 'Mod-Enter', run }])),
          basicSetup,
          language.current.of([]),
          words.current.of([]),
          sqlTheme,
          sqlColours,
          EditorView.lineWrapping,
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) latest.current.onChange(state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    made.focus();
    return () => {
      view.current = null;
      made.destroy();
    };
    // The text belongs to the editor from then on.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  useEffect(() => {
    const support = sql({ dialect: PostgreSQL, schema, defaultSchema: 'public' });
    view.current?.dispatch({ effects: language.current.reconfigure(support) });
  }, [schema]);
  useEffect(() => {
    const said = [EditorView.contentAttributes.of({ 'aria-label': label }), placeholderOf(placeholder)];
    view.current?.dispatch({ effects: words.current.reconfigure(said) });
  }, [label, placeholder]);
  useImperativeHandle(ref, () => handleOf(view), []);
  return <div ref={host} dir="ltr" className={className} />;
}

function handleOf(view: { readonly current: EditorView | null }): SqlEditorHandle {
  const drawn = (): EditorView => {
    if (view.current === null) throw new Error('The editor is not on the page');
    return view.current;
  };
  return {
    wanted() {
      const { doc, selection } = drawn().state;
      const { from, to, empty } = selection.main;
      return empty ? { sql: doc.toString(), from: 0 } : { sql: doc.sliceString(from, to), from };
    },
    text: () => drawn().state.doc.toString(),
    replace(text) {
      const { state } = drawn();
      drawn().dispatch({
        changes: { from: 0, to: state.doc.length, insert: text },
        selection: { anchor: text.length },
      });
      drawn().focus();
    },
    mark(at, message) {
      const { state } = drawn();
      const from = Math.min(at, Math.max(0, state.doc.length - 1));
      const to = Math.max(state.wordAt(from)?.to ?? from + 1, from);
      const found = { from, to: Math.min(to, state.doc.length), severity: 'error' as const, message };
      drawn().dispatch(setDiagnostics(state, [found]));
      return state.doc.lineAt(from).number;
    },
    goTo(at) {
      drawn().dispatch({ selection: { anchor: Math.min(at, drawn().state.doc.length) }, scrollIntoView: true });
      drawn().focus();
    },
  };
}

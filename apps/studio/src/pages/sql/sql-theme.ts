import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The colours are the tokens', which know the theme. */
export const sqlTheme = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--a-canvas)', color: 'var(--a-text)', fontSize: 'var(--a-text-sm)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--a-font-mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--a-accent-text)', paddingBlock: 'var(--a-space-2)' },
  '.cm-cursor': { borderLeftColor: 'var(--a-accent-text)' },
  '.cm-gutters': { backgroundColor: 'var(--a-canvas)', color: 'var(--a-muted)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--a-text)' },
  '.cm-placeholder': { color: 'var(--a-muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: 'var(--a-selected)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--a-accent-soft)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--a-accent-soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--a-raised)',
    color: 'var(--a-text)',
    border: '1px solid var(--a-line)',
    borderRadius: 'var(--a-radius)',
    boxShadow: 'var(--a-float)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--a-font-mono)', fontSize: 'var(--a-text-xs)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--a-accent)',
    color: 'var(--a-on-accent)',
  },
  '.cm-completionDetail': { fontStyle: 'normal' },
  '.cm-panels': { backgroundColor: 'var(--a-surface)', color: 'var(--a-text)' },
});

const style = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--a-accent-text)', fontWeight: '500' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--a-green)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--a-violet)' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--a-amber)' },
  { tag: [tags.lineComment, tags.blockComment], color: 'var(--a-muted)' },
]);

export const sqlColours = syntaxHighlighting(style);

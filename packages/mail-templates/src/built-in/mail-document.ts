import { createElement as h, type CSSProperties, type ReactElement, type ReactNode } from 'react';
import type { ComposedMail, Run } from './compose-mail.ts';
import { colours, darkStyles, fonts } from './mail-style.ts';

const CARD_WIDTH = 480;

/**
 * The mail as a page: one column, one button. Tables and inline styles, because that is what mail programs agree on;
 * direction and language stand on every box, because some programs throw `html` and `body` away.
 */
export function mailDocument(mail: ComposedMail): ReactElement {
  const { locale, direction } = mail;
  return h(
    'html',
    { lang: locale, dir: direction },
    h(
      'head',
      null,
      h('meta', { httpEquiv: 'Content-Type', content: 'text/html; charset=UTF-8' }),
      h('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
      h('meta', { name: 'color-scheme', content: 'light dark' }),
      h('meta', { name: 'supported-color-schemes', content: 'light dark' }),
      // Mail programs must not make links of numbers and addresses by themselves.
      h('meta', { name: 'format-detection', content: 'telephone=no,date=no,address=no,email=no,url=no' }),
      h('title', null, plain(mail.subject)),
      h('style', { dangerouslySetInnerHTML: { __html: darkStyles } }),
    ),
    h(
      'body',
      { className: 'page', style: { margin: 0, padding: 0, backgroundColor: colours.page } },
      h('div', { style: HIDDEN }, plain(mail.lead)),
      table(
        { className: 'page', style: { backgroundColor: colours.page }, lang: locale, dir: direction },
        h(
          'td',
          { align: 'center', style: { padding: '32px 16px' } },
          table(
            { style: { maxWidth: CARD_WIDTH, tableLayout: 'fixed' }, dir: direction },
            h('td', null, card(mail), footer(mail)),
          ),
        ),
      ),
    ),
  );
}

const HIDDEN: CSSProperties = {
  display: 'none',
  overflow: 'hidden',
  lineHeight: 1,
  maxHeight: 0,
  maxWidth: 0,
  opacity: 0,
};

function card(mail: ComposedMail): ReactElement {
  const style: CSSProperties = {
    backgroundColor: colours.card,
    border: `1px solid ${colours.line}`,
    borderRadius: 6,
    padding: '32px 32px 24px',
    // An address without a place to break must not widen the mail beyond a phone.
    wordBreak: 'break-word',
    overflowWrap: 'anywhere',
  };
  return table(
    { style: { borderCollapse: 'separate', tableLayout: 'fixed' } },
    h(
      'td',
      { className: 'card', dir: mail.direction, style: { ...style, ...textStyle(mail) } },
      h(
        'div',
        { className: 'quiet', style: { fontSize: 14, color: colours.quiet, paddingBottom: 24 } },
        ltr(mail.site),
      ),
      h('h1', { className: 'ink', style: heading(mail) }, runs(mail.subject)),
      h('p', { className: 'ink', style: LEAD }, runs(mail.lead)),
      facts(mail),
      mail.action === null ? null : button(mail.action.label, mail.action.url),
      mail.code === null ? null : code(mail.code.label, mail.code.value),
      mail.expiry === null ? null : small(runs(mail.expiry)),
      mail.note.length === 0 ? null : small(runs(mail.note)),
      mail.action === null ? null : address(mail.action.addressLabel, mail.action.url),
    ),
  );
}

// Lines of a text an application wrote stay lines.
const LEAD: CSSProperties = { margin: '0 0 24px', fontSize: 16, color: colours.ink, whiteSpace: 'pre-line' };

function heading(mail: ComposedMail): CSSProperties {
  return { ...textStyle(mail), margin: '0 0 12px', fontSize: 20, fontWeight: 600, color: colours.ink };
}

function facts({ facts: list, direction }: ComposedMail): ReactElement | null {
  if (list.length === 0) return null;
  const side = direction === 'rtl' ? 'left' : 'right';
  const rows = list.map(({ label, value }) =>
    h(
      'tr',
      { key: label },
      h(
        'td',
        { className: 'quiet line', style: { ...CELL, color: colours.quiet, whiteSpace: 'nowrap', width: '30%' } },
        label,
      ),
      h(
        'td',
        { className: 'ink line', align: side, style: { ...CELL, color: colours.ink, wordBreak: 'break-word' } },
        runs([value]),
      ),
    ),
  );
  return h('table', { ...LAYOUT, style: { margin: '0 0 24px', fontSize: 14 } }, h('tbody', null, rows));
}

const CELL: CSSProperties = { padding: '8px 0', borderTop: `1px solid ${colours.line}` };

function button(label: string, url: string): ReactElement {
  const style: CSSProperties = {
    display: 'inline-block',
    padding: '10px 20px',
    fontSize: 16,
    fontWeight: 600,
    color: '#FFFFFF',
    textDecoration: 'none',
  };
  return h(
    'table',
    { ...LAYOUT, width: undefined, style: { margin: '0 0 24px', borderCollapse: 'separate' } },
    h(
      'tbody',
      null,
      h(
        'tr',
        null,
        h(
          'td',
          { className: 'button', bgcolor: colours.accent, style: { backgroundColor: colours.accent, borderRadius: 6 } },
          h('a', { href: url, target: '_blank', rel: 'noopener', style }, label),
        ),
      ),
    ),
  );
}

function code(label: string, value: string): ReactElement {
  const style: CSSProperties = {
    padding: '12px 16px',
    fontFamily: fonts.mono,
    fontSize: 28,
    lineHeight: 1.2,
    // Digits are easier to carry over apart; the trailing space is taken back so that they stand in the middle.
    letterSpacing: 6,
    textIndent: 6,
    textAlign: 'center',
    color: colours.ink,
    backgroundColor: colours.page,
    border: `1px solid ${colours.line}`,
    borderRadius: 6,
  };
  return h(
    'div',
    { style: { margin: '0 0 24px' } },
    h('div', { className: 'quiet', style: { fontSize: 14, color: colours.quiet, paddingBottom: 8 } }, label),
    h('div', { className: 'code', dir: 'ltr', style }, value),
  );
}

function small(content: ReactNode): ReactElement {
  return h('p', { className: 'quiet', style: { margin: '0 0 12px', fontSize: 14, color: colours.quiet } }, content);
}

function address(label: string, url: string): ReactElement {
  const style: CSSProperties = { color: colours.accent, fontSize: 12, wordBreak: 'break-all' };
  return h(
    'div',
    {
      className: 'line',
      style: { borderTop: `1px solid ${colours.line}`, marginTop: 16, paddingTop: 12, fontSize: 12 },
    },
    h('div', { className: 'quiet', style: { color: colours.quiet, paddingBottom: 4 } }, label),
    h('div', { dir: 'ltr', style: { textAlign: 'left' } }, h('a', { className: 'link', href: url, style }, url)),
  );
}

function footer(mail: ComposedMail): ReactElement {
  return h(
    'p',
    {
      className: 'quiet',
      dir: mail.direction,
      style: { ...textStyle(mail), margin: '16px 0 0', fontSize: 12, color: colours.quiet, textAlign: 'center' },
    },
    runs(mail.sentBy),
    mail.unsubscribe === undefined ? null : [' · ', unsubscribe(mail.unsubscribe)],
  );
}

function unsubscribe({ label, url }: NonNullable<ComposedMail['unsubscribe']>): ReactElement {
  return h('a', { key: 'unsubscribe', className: 'quiet', href: url, style: { color: colours.quiet } }, label);
}

function textStyle({ locale, direction }: ComposedMail): CSSProperties {
  return {
    direction,
    textAlign: direction === 'rtl' ? 'right' : 'left',
    fontFamily: fonts[locale],
    // Arabic letters reach further up and down.
    lineHeight: locale === 'ar' ? 1.7 : 1.45,
  };
}

const LAYOUT = { role: 'presentation', cellPadding: 0, cellSpacing: 0, border: 0, width: '100%' } as const;

interface TableProps {
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly lang?: string;
  readonly dir?: string;
}

/** A table of one cell. */
function table(props: TableProps, cell: ReactElement): ReactElement {
  return h('table', { ...LAYOUT, align: 'center', ...props }, h('tbody', null, h('tr', null, cell)));
}

function runs(list: readonly Run[]): ReactNode[] {
  return list.map((run, index) => {
    if (typeof run === 'string') return run;
    // Runs have no identity and are drawn once.
    return h('bdi', { key: index, dir: run.direction }, run.value);
  });
}

function ltr(value: string): ReactElement {
  return h('bdi', { dir: 'ltr' }, value);
}

function plain(list: readonly Run[]): string {
  return list.map((run) => (typeof run === 'string' ? run : run.value)).join('');
}

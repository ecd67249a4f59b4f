import type { PrintedFact, PrintedLanguage, PrintedPage, PrintedParty, PrintedValue, Wording } from '@ashlar/kernel';
import { renderSVG } from 'uqr';
import { printedAmount } from './printed-amount.ts';
import { directed, type Directed } from './directed-text.ts';

export interface PrintOptions {
  /** The language that comes first, and whose direction the page has; the other stands beside it. */
  readonly language: PrintedLanguage;
  /** Not the first of its kind, and says so. */
  readonly isCopy: boolean;
}

interface Label {
  readonly p: Directed;
  readonly s: Directed;
}
/** Lines, each with a direction of its own; what belongs to them stands beneath. */
interface Shown {
  readonly main: readonly Directed[];
  readonly more: readonly Directed[];
  /** An empty box stands there. */
  readonly tick?: true;
  /** One thing in two languages: side by side where there is one line for it. */
  readonly pair?: true;
  /** What one looks for. */
  readonly strong?: true;
}

const COPY: Wording = { en: 'Copy', ar: 'نسخة' };
const PAGE_WORDS = { en: ['Page', 'of'], ar: ['صفحة', 'من'] } as const;

/** What the templates are told, as JSON: every text with its direction, nothing left to reckon or to look up. */
export function pageData(page: PrintedPage, { language, isCopy }: PrintOptions): string {
  const other = language === 'en' ? 'ar' : 'en';
  const label = (words: Wording): Label => ({ p: directed(words[language]), s: directed(words[other]) });
  const show = (value: PrintedValue): Shown => shownOf(value, language);
  const fact = (one: PrintedFact) => ({
    label: label(one.label),
    code: one.code === undefined ? null : leftToRight(one.code),
    value: show(one.value),
  });
  const party = (one: PrintedParty | null) =>
    one === null ? null : { heading: label(one.heading), name: show(one.name), lines: one.lines.map(show) };
  return JSON.stringify({
    rtl: language === 'ar',
    title: label(page.title),
    fileTitle: [page.title[language], page.number].filter(Boolean).join(' '),
    number: page.number === null ? null : leftToRight(page.number),
    mark: isCopy ? label(COPY) : null,
    from: party(page.from),
    to: party(page.to),
    also: party(page.also ?? null),
    facts: page.facts.map(fact),
    columns: page.columns.map(({ heading, share, isNumber = false }) => ({
      heading: label(heading),
      share,
      number: isNumber,
    })),
    rows: page.rows.map((row) => row.map(show)),
    totals: page.totals.map(fact),
    notes: page.notes.map(fact),
    signatures: (page.signatures ?? []).map(label),
    qr: page.qr === null ? null : renderSVG(page.qr, { border: 0, ecc: 'M' }),
    seal: page.seal === null ? null : leftToRight(page.seal),
    pageWords: { p: PAGE_WORDS[language], s: PAGE_WORDS[other] },
  });
}

function shownOf(value: PrintedValue, language: PrintedLanguage): Shown {
  switch (value.kind) {
    case 'label': {
      const other = language === 'en' ? 'ar' : 'en';
      return { main: [directed(value.words[language])], more: [directed(value.words[other])], pair: true };
    }
    case 'words': {
      const [first = '', ...others] = inLanguages(value.words, language);
      const code = value.code === undefined ? [] : [leftToRight(value.code)];
      return { main: directedLines(first), more: [...others.flatMap(directedLines), ...code] };
    }
    case 'text':
      return { main: directedLines(value.text), more: [] };
    case 'code':
      return { main: [leftToRight(value.code)], more: [] };
    case 'amount':
      return { main: [leftToRight(printedAmount(value))], more: [] };
    case 'tick':
      return { main: [], more: [], tick: true };
    case 'several': {
      const [first, ...others] = value.values;
      const { main, more } = shownOf(first, language);
      const beneath = others.map((one) => shownOf(one, language)).flatMap((one) => [...one.main, ...one.more]);
      return { main, more: [...more, ...beneath], strong: true };
    }
  }
}

/** The page's language, and the other of the two where it says something else; any language where both are missing. */
function inLanguages(words: Readonly<Record<string, string>>, language: PrintedLanguage): readonly string[] {
  const other = language === 'en' ? 'ar' : 'en';
  const found = [words[language] ?? '', words[other] ?? ''].filter((text) => text !== '');
  return [...new Set(found.length === 0 ? Object.values(words).slice(0, 1) : found)];
}

function directedLines(text: string): readonly Directed[] {
  return text.split('\n').map(directed);
}

function leftToRight(text: string): Directed {
  return { ...directed(text), r: false };
}

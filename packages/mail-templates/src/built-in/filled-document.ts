import { BoundedCache, escapeHtml } from '@ashlar/kernel';
import type { ComposedMail } from './compose-mail.ts';

/** Mails differ by which parts they have; of each such form the page is drawn once. */
const MAX_FORMS = 200;
/** Private characters: no word of ours has them, and what others write never is in a form. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const MARKED = /\uE000(\d+)\uE001/;
/** What a form depends on, not what stands in it. */
const OF_THE_FORM: ReadonlySet<string> = new Set(['locale', 'direction']);

/** Fixed text and, at odd places, numbers of the values between. */
type Parts = readonly string[];

const forms = new BoundedCache<string, Parts>(MAX_FORMS);

/**
 * The page of a mail, as `draw` would draw it. Drawing takes a millisecond and more; mails of one kind differ in their
 * texts alone, so it is done once with marks in their places.
 */
export async function fillDocument(mail: ComposedMail, draw: (mail: ComposedMail) => Promise<string>): Promise<string> {
  const values: string[] = [];
  // What marks replace are texts, so that it is the same kind of value.
  const form = withMarks(mail, values) as ComposedMail;
  const key = JSON.stringify(form);
  const parts = forms.get(key) ?? (await draw(form)).split(MARKED);
  forms.set(key, parts);
  return parts.map((part, index) => (index % 2 === 0 ? part : escapeHtml(values[Number(part)] ?? ''))).join('');
}

function withMarks(value: unknown, values: string[]): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => withMarks(one, values));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, of]) => [name, OF_THE_FORM.has(name) ? of : withMarks(of, values)]),
    );
  }
  // An empty text leaves no trace in a page, so that it is a matter of form.
  if (typeof value !== 'string' || value === '') return value;
  return `${OPEN}${values.push(value) - 1}${CLOSE}`;
}

import { FACTS, factsOf, type MailData, type MailKind, type MailLocale } from '../mail-data.ts';
import type { MailTexts } from './mail-text.ts';
import { textsAr } from './texts-ar.ts';
import { textsEn } from './texts-en.ts';

/** A run of text: words of the language, or a value that keeps its own direction among them. */
export type Run = string | { readonly value: string; readonly direction: 'ltr' | 'auto' };

export interface MailFact {
  readonly label: string;
  readonly value: Run;
}

/** A mail as it will be said, before it has a form. */
export interface ComposedMail {
  readonly locale: MailLocale;
  readonly direction: 'ltr' | 'rtl';
  readonly site: string;
  readonly subject: readonly Run[];
  readonly lead: readonly Run[];
  readonly action: { readonly label: string; readonly url: string; readonly addressLabel: string } | null;
  readonly code: { readonly label: string; readonly value: string } | null;
  readonly expiry: readonly Run[] | null;
  readonly facts: readonly MailFact[];
  readonly note: readonly Run[];
  readonly sentBy: readonly Run[];
  /** Below everything else; absent = there is nothing to end. */
  readonly unsubscribe?: { readonly label: string; readonly url: string };
}

export interface RenderMail {
  readonly kind: MailKind;
  readonly locale: MailLocale;
  readonly data: MailData;
  /** The address the mail goes to. */
  readonly to: string;
  /** Life of the code and link in it, in seconds. */
  readonly expiresInSeconds: number;
}

/** A longer token is for links and programs; nobody types it. */
const MAX_CODE_LENGTH = 12;
const TEXTS: Readonly<Record<MailLocale, MailTexts>> = { en: textsEn, ar: textsAr };
/** Names people give, which may be of any script; every other value is an address, a number or a technical name. */
const NAMES: ReadonlySet<string> = new Set(['organisation', 'inviter', 'role', 'friendlyName', 'duration']);

export function composeMail({ kind, locale, data, to, expiresInSeconds }: RenderMail): ComposedMail {
  const texts = TEXTS[locale];
  const text = texts.kinds[kind];
  const site = siteName(data.siteUrl);
  const values = {
    site,
    to,
    email: data.email,
    newEmail: data.newEmail ?? data.email,
    organisation: factsOf(data).organisation ?? site,
    duration: durationText(expiresInSeconds, locale),
  };
  const fill = (template: string): readonly Run[] => fillRuns(template, values);
  const url = text.action === undefined ? undefined : data.confirmationUrl;
  const token = data.token !== undefined && data.token.length <= MAX_CODE_LENGTH ? data.token : undefined;
  const action = url === undefined ? null : { label: text.action ?? '', url, addressLabel: texts.address };
  const code = token === undefined ? null : { label: action === null ? texts.code : texts.orCode, value: token };
  return {
    locale,
    direction: locale === 'ar' ? 'rtl' : 'ltr',
    site,
    subject: fill(text.subject),
    lead: fill(text.lead),
    action,
    code,
    // Invitations live by rules of their own.
    expiry: kind === 'organisation_invite' || (action === null && code === null) ? null : fill(texts.expiry),
    facts: shownFacts(kind, data, texts),
    note: fill(text.note),
    sentBy: fill(texts.sentBy),
  };
}

function shownFacts(kind: MailKind, data: MailData, texts: MailTexts): readonly MailFact[] {
  const isChange = kind === 'email_changed_notification';
  const facts: Readonly<Record<string, string | undefined>> = {
    ...(isChange && data.newEmail !== undefined ? { newEmail: data.newEmail } : {}),
    ...factsOf(data),
  };
  return FACTS.flatMap((name) => {
    // The invitation names the organisation in its first sentence.
    const value = kind === 'organisation_invite' && name === 'organisation' ? undefined : facts[name];
    return value === undefined || value === '' ? [] : [{ label: texts.facts[name], value: toRun(name, value) }];
  });
}

function fillRuns(template: string, values: Readonly<Record<string, string>>): readonly Run[] {
  return template
    .split(/\{(\w+)\}/)
    .map((part, index): Run => (index % 2 === 0 ? part : toRun(part, values[part] ?? '')))
    .filter((run) => run !== '');
}

function toRun(name: string, value: string): Run {
  return { value, direction: NAMES.has(name) ? 'auto' : 'ltr' };
}

/** How readers know a site: its host. */
export function siteName(siteUrl: string): string {
  const url = URL.parse(siteUrl);
  return url === null || url.host === '' ? siteUrl : url.host;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** In the largest unit that says it exactly; Latin digits, as in the codes beside it. */
function durationText(seconds: number, locale: MailLocale): string {
  const [unit, length] = UNITS.find(([, size]) => seconds >= size && seconds % size === 0) ?? ['minute', 60];
  const amount = Math.max(1, Math.floor(seconds / length));
  return new Intl.NumberFormat(`${locale}-u-nu-latn`, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

import type { MailContent, MailLocale } from '../mail-data.ts';
import { oneLine } from '../one-line.ts';
import { mailErrors } from '../mail-errors.ts';
import { siteName, type ComposedMail, type Run } from './compose-mail.ts';
import { mailAsText } from './mail-as-text.ts';
import { renderComposed } from './render-mail.ts';

/** A mail about anything: what an application has to say, in the form of the built-in mails. */
export interface Notice {
  readonly locale: MailLocale;
  readonly siteUrl: string;
  /** The address it goes to. */
  readonly to: string;
  readonly title: string;
  readonly body: string;
  /** Where the button leads: a page of the web. */
  readonly url?: string;
  /** What the button says; default: "Open". */
  readonly action?: string;
  /** By which the reader ends mails of this category. */
  readonly unsubscribeUrl?: string;
}

const WORDS = {
  en: {
    open: 'Open',
    address: 'If the button does not work, open this address:',
    sent: ' sent this to ',
    unsubscribe: 'Unsubscribe',
  },
  ar: {
    open: 'فتح',
    address: 'إن لم يعمل الزر فافتح هذا العنوان:',
    sent: ' أرسل هذه الرسالة إلى ',
    unsubscribe: 'إلغاء الاشتراك',
  },
} as const;

/** @throws {AshlarError} `mail.data_invalid` when the button would lead to no page of the web. */
export async function renderNotice(notice: Notice): Promise<MailContent> {
  const mail = compose(notice);
  return { subject: oneLine(notice.title), html: await renderComposed(mail), text: mailAsText(mail) };
}

const free = (value: string): Run => ({ value, direction: 'auto' });
const address = (value: string): Run => ({ value, direction: 'ltr' });

function compose({ locale, siteUrl, to, title, body, url, action, unsubscribeUrl }: Notice): ComposedMail {
  const words = WORDS[locale];
  const site = siteName(siteUrl);
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw mailErrors.dataInvalid({ reason: 'url leads to no page of the web' });
  }
  return {
    locale,
    direction: locale === 'ar' ? 'rtl' : 'ltr',
    site,
    subject: [free(title)],
    lead: [free(body)],
    action: url === undefined ? null : { label: action ?? words.open, url, addressLabel: words.address },
    code: null,
    expiry: null,
    facts: [],
    note: [],
    sentBy: [address(site), words.sent, address(to)],
    ...(unsubscribeUrl === undefined ? {} : { unsubscribe: { label: words.unsubscribe, url: unsubscribeUrl } }),
  };
}

import { createHash } from 'node:crypto';
import { AshlarError, BoundedCache, escapeHtml } from '@ashlar/kernel';
import {
  compileOwnTemplate,
  htmlAsText,
  MAIL_KINDS,
  mailErrors,
  renderMail,
  renderNotice,
  type CompiledTemplate,
  type MailContent,
  type MailData,
  type MailKind,
  type MailLocale,
  type OwnTemplate,
} from '@ashlar/mail-templates';
import type { Project } from '@ashlar/service';
import { z } from 'zod';
import type { QueuedMessage } from '../domain/message.ts';
import { notificationErrors } from '../domain/notification-errors.ts';

export interface RenderFor {
  readonly to: string;
  readonly locale: MailLocale;
  readonly siteUrl: string;
  readonly unsubscribeUrl: string | null;
  /** Shared by messages that are rendered at about the same time; default: each looks for itself. */
  readonly templates?: TemplateLookups;
}

/** By name. */
export type TemplateLookups = Map<string, ReturnType<FindTemplate>>;

/** @throws {AshlarError} What is wrong with the template or the data. */
export type RenderMessage = (
  project: Project,
  message: Pick<QueuedMessage, 'template' | 'data' | 'subject' | 'html' | 'body'>,
  reader: RenderFor,
) => Promise<MailContent>;

/** A template of the project in one language; null = the project has none of this name. */
export type FindTemplate = (
  project: Project,
  name: string,
) => Promise<{ readonly version: number; readonly content: Readonly<Partial<Record<MailLocale, OwnTemplate>>> } | null>;

/** The one built-in template that is about anything. */
export const NOTICE = 'notification';
/** Templates that were read; half a megabyte each at most. */
const MAX_COMPILED = 100;
/** Built-in mails with a code say how long it is good for. */
const CODE_SECONDS = 3_600;

const text = z.string().max(8_000);
const noticeData = z.looseObject({
  title: text.min(1),
  body: text.nullish(),
  url: text.nullish(),
  action: text.nullish(),
});
const facts = z.record(z.string().max(64), z.unknown());

export function createRenderMessage(findTemplate: FindTemplate): RenderMessage {
  const compiled = new BoundedCache<string, CompiledTemplate>(MAX_COMPILED);

  return async (project, message, reader) => {
    const { template } = message;
    if (template === null) return plain(message);
    const own = await lookUp(findTemplate, project, template, reader.templates);
    if (own !== null) {
      const locale = own.content[reader.locale] === undefined ? otherThan(reader.locale) : reader.locale;
      const source = own.content[locale];
      if (source === undefined) throw notificationErrors.templateUnknown({ name: template });
      const name = `${template}, version ${own.version}`;
      return named(name, locale, async () => {
        const key = createHash('sha256').update(JSON.stringify(source)).digest('base64');
        const ready = compiled.get(key) ?? compileOwnTemplate(source);
        compiled.set(key, ready);
        return ready.render(ownData(message, reader), reader.to);
      });
    }
    return named(template, reader.locale, () => builtIn(template, message, reader));
  };
}

function lookUp(
  find: FindTemplate,
  project: Project,
  name: string,
  known: TemplateLookups = new Map(),
): ReturnType<FindTemplate> {
  const found = known.get(name) ?? find(project, name);
  known.set(name, found);
  return found;
}

async function builtIn(
  template: string,
  { data }: Pick<QueuedMessage, 'data'>,
  reader: RenderFor,
): Promise<MailContent> {
  const { locale, siteUrl, to, unsubscribeUrl } = reader;
  if (template === NOTICE) {
    const { title, body, url, action } = checked(noticeData, data);
    return renderNotice({
      locale,
      siteUrl,
      to,
      title,
      body: body ?? '',
      ...(url == null ? {} : { url: absolute(url, siteUrl) }),
      ...(action == null ? {} : { action }),
      ...(unsubscribeUrl === null ? {} : { unsubscribeUrl }),
    });
  }
  if (!isMailKind(template)) throw notificationErrors.templateUnknown({ name: template });
  return renderMail({ kind: template, locale, to, expiresInSeconds: CODE_SECONDS, data: ownData({ data }, reader) });
}

/** What a template can say: what the message holds, under `.Data`, and the few names templates of accounts have. */
function ownData({ data }: Pick<QueuedMessage, 'data'>, { to, siteUrl, unsubscribeUrl }: RenderFor): MailData {
  const given = (name: string): string | undefined => (typeof data[name] === 'string' ? data[name] : undefined);
  const link = given('confirmation_url');
  if (link !== undefined && !/^https?:$/.test(URL.parse(link)?.protocol ?? '')) {
    throw mailErrors.dataInvalid({ reason: 'confirmation_url leads to no page of the web' });
  }
  const token = given('token');
  const texts = Object.entries(facts.parse(data)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    siteUrl: given('site_url') ?? siteUrl,
    email: given('email') ?? to,
    metadata: unsubscribeUrl === null ? data : { ...data, unsubscribe_url: unsubscribeUrl },
    facts: Object.fromEntries(texts),
    ...(link === undefined ? {} : { confirmationUrl: link }),
    ...(token === undefined ? {} : { token }),
  };
}

/** Subject and content as they were given. */
async function plain({ subject, html, body }: Pick<QueuedMessage, 'subject' | 'html' | 'body'>): Promise<MailContent> {
  return {
    subject: subject ?? '',
    html: html ?? `<div dir="auto" style="white-space: pre-wrap">${escapeHtml(body ?? '')}</div>`,
    text: body ?? (await htmlAsText(html ?? '')),
  };
}

/** Says which template it was that failed. A fault of ours in it is the mail's fault, not the queue's. */
async function named(name: string, locale: string, render: () => Promise<MailContent>): Promise<MailContent> {
  try {
    return await render();
  } catch (error) {
    if (error instanceof AshlarError && error.code === 'notifications.template_unknown') throw error;
    const reason =
      error instanceof AshlarError ? error.message : `an unexpected ${error instanceof Error ? error.name : 'failure'}`;
    throw notificationErrors.templateFailed({ name, locale, reason }, { cause: error });
  }
}

function checked<Schema extends z.ZodType>(schema: Schema, data: unknown): z.infer<Schema> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw mailErrors.dataInvalid({ reason: `data/${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'is not valid'}` });
}

/** A path of the application is one of its site. */
function absolute(url: string, siteUrl: string): string {
  return URL.parse(url, siteUrl)?.href ?? url;
}

function isMailKind(name: string): name is MailKind {
  return MAIL_KINDS.has(name);
}

function otherThan(locale: MailLocale): MailLocale {
  return locale === 'en' ? 'ar' : 'en';
}

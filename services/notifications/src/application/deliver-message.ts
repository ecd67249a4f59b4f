import type { FinishedMail, OutgoingText, Receipt } from '@ashlar/delivery';
import { DeliveryFailure, faultOfHeaders, normaliseEmail } from '@ashlar/delivery';
import { oneLine, type MailLocale } from '@ashlar/mail-templates';
import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { Outcome, QueuedMessage } from '../domain/message.ts';
import type { NotificationSettings } from '../domain/settings.ts';
import { signUnsubscription } from '../domain/unsubscribe-token.ts';
import type { FindContact } from './contacts.ts';
import type { PushWay } from './push-way.ts';
import type { RenderMessage, TemplateLookups } from './render-message.ts';

type MailWay = Exclude<NotificationSettings['mail']['way'], null | { readonly kind: 'log' }>;
type SmsWay = Extract<NotificationSettings['sms']['way'], { readonly kind: 'twilio' }>;

export interface DeliverParts {
  readonly findContact: FindContact;
  readonly renderMail: RenderMessage;
  readonly sendMail: (way: MailWay, mail: FinishedMail, signal: AbortSignal) => Promise<Receipt>;
  readonly sendSms: (way: SmsWay, text: OutgoingText, signal: AbortSignal) => Promise<Receipt>;
  readonly push: PushWay;
  /** Why nothing may go to this address; null = it may. */
  readonly suppressed: (project: Project, address: string, category: string) => Promise<string | null>;
  /** The project's public address without a slash at its end; null = nobody said. */
  readonly publicUrl: (ref: string) => string | null;
  readonly observe: Observe;
}

export interface Delivery {
  readonly project: Project;
  readonly settings: NotificationSettings;
  readonly signal: AbortSignal;
  /** What was looked up for the messages taken together with this one. */
  readonly templates: TemplateLookups;
}

/** One attempt. @throws {DeliveryFailure} @throws {AshlarError} What is wrong with its template or data. */
export type Deliver = (delivery: Delivery, message: QueuedMessage) => Promise<Outcome>;

const NUMBER = /^\d{5,15}$/;
const MAX_TEXT_LENGTH = 1_000;

export function createDeliver(parts: DeliverParts): Deliver {
  return async (delivery, message) => {
    if (!message.isWanted)
      return { kind: 'suppressed', error: 'the reader switched this category off for this channel' };
    switch (message.channel) {
      case 'mail':
        return deliverMail(parts, delivery, message);
      case 'sms':
        return deliverSms(parts, delivery, message);
      case 'push':
        return parts.push(delivery, message);
    }
  };
}

async function deliverMail(parts: DeliverParts, delivery: Delivery, message: QueuedMessage): Promise<Outcome> {
  const { project, settings } = delivery;
  const { way } = settings.mail;
  const contact = message.recipient === null ? await contactOf(parts, project, message) : null;
  const address = message.recipient ?? contact?.email ?? null;
  if (address === null) return { kind: 'failed', error: 'the account has no confirmed address' };
  const to = normaliseEmail(address);
  // Whatever else it is, it could name several mailboxes or headers to the server.
  if (to === null) return { kind: 'failed', error: 'the address is none' };
  const reason = await suppressionOf(parts, project, message, to);
  if (reason !== null) return { kind: 'suppressed', error: `nothing may be sent to this address: ${reason}` };
  if (way === null) throw new DeliveryFailure('no way to send a mail is configured', to, { permanent: false });
  const mail = await finish(parts, delivery, message, to, localeOf(message, contact?.locale, settings));
  if (way.kind === 'log') return logged(parts, delivery, message);
  return sent(await parts.sendMail(way, mail, delivery.signal));
}

async function finish(
  parts: DeliverParts,
  { project, templates, settings: { mail: settings } }: Delivery,
  message: QueuedMessage,
  to: string,
  locale: MailLocale,
): Promise<FinishedMail> {
  const sender = normaliseEmail(settings.senderAddress);
  if (sender === null) throw new DeliveryFailure('the address of the sender is none', to, { permanent: false });
  const replyTo = message.replyTo === null ? null : normaliseEmail(message.replyTo);
  if (message.replyTo !== null && replyTo === null) {
    throw new DeliveryFailure('the address for answers is none', to, { permanent: true });
  }
  const fault = faultOfHeaders(message.headers);
  if (fault !== null) throw new DeliveryFailure(fault, to, { permanent: true });
  const unsubscribeUrl = unsubscribeUrlOf(parts, project, message, to);
  const content = await parts.renderMail(project, message, {
    to,
    locale,
    siteUrl: settings.siteUrl,
    unsubscribeUrl,
    templates,
  });
  const key = message.replays === 0 ? message.id : `${message.id}.${message.replays}`;
  return {
    ...content,
    subject: oneLine(content.subject),
    from: { name: oneLine(settings.senderName), address: sender },
    to,
    messageId: `<${key}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    idempotencyKey: key,
    date: message.createdAt,
    locale,
    ...(replyTo === null ? {} : { replyTo }),
    headers: { ...message.headers, ...unsubscribeHeaders(unsubscribeUrl) },
  };
}

/** RFC 8058: mail programs offer one click, and ask with this very body. */
function unsubscribeHeaders(url: string | null): Readonly<Record<string, string>> {
  return url === null ? {} : { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' };
}

function unsubscribeUrlOf(
  parts: DeliverParts,
  { ref, keys }: Project,
  message: QueuedMessage,
  address: string,
): string | null {
  const base = parts.publicUrl(ref);
  if (message.isTransactional || base === null) return null;
  const { userId, category } = message;
  return `${base}/notifications/v1/unsubscribe/${signUnsubscription(keys.jwtSecret, ref, { address, userId, category })}`;
}

async function deliverSms(parts: DeliverParts, delivery: Delivery, message: QueuedMessage): Promise<Outcome> {
  const { project, settings } = delivery;
  const contact = message.recipient === null ? await contactOf(parts, project, message) : null;
  const number = (message.recipient ?? contact?.phone ?? '').replace(/^\+/, '');
  if (!NUMBER.test(number)) return { kind: 'failed', error: 'there is no number to send it to' };
  const reason = await suppressionOf(parts, project, message, number);
  if (reason !== null) return { kind: 'suppressed', error: `nothing may be sent to this number: ${reason}` };
  const { way } = settings.sms;
  if (way === null)
    throw new DeliveryFailure('no way to send a text message is configured', number, { permanent: false });
  if (way.kind === 'log') return logged(parts, delivery, message);
  return sent(await parts.sendSms(way, { to: number, text: textOf(message), channel: 'sms' }, delivery.signal));
}

/** A text message has no head: title and body are one. */
function textOf({ body, data }: QueuedMessage): string {
  const lines = body === null ? [data['title'], data['body'], data['url']] : [body];
  const text = lines.filter((part) => typeof part === 'string' && part !== '').join('\n');
  return text.slice(0, MAX_TEXT_LENGTH).toWellFormed();
}

/** Of a recipient it was asked when the message was taken. */
async function suppressionOf(
  { suppressed }: DeliverParts,
  project: Project,
  { recipient, suppression, category }: QueuedMessage,
  address: string,
): Promise<string | null> {
  return recipient === null ? suppressed(project, address, category) : suppression;
}

async function contactOf({ findContact }: DeliverParts, project: Project, { userId }: QueuedMessage) {
  return userId === null ? null : findContact(project, userId);
}

function localeOf(
  { locale }: QueuedMessage,
  ofAccount: string | null | undefined,
  { mail }: NotificationSettings,
): MailLocale {
  const wanted = (locale ?? ofAccount ?? '').toLowerCase().split(/[-_]/, 1)[0];
  return wanted === 'en' || wanted === 'ar' ? wanted : mail.defaultLocale;
}

function logged(
  { observe }: DeliverParts,
  { project }: Delivery,
  { channel, template, category }: QueuedMessage,
): Outcome {
  observe({ kind: 'message.logged', project: project.ref, channel, template: template ?? category });
  return { kind: 'sent', answer: 'told to the log alone', providerId: null };
}

function sent({ id, answer }: Receipt): Outcome {
  return { kind: 'sent', answer, providerId: id };
}

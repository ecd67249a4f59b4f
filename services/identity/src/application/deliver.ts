import { DeliveryFailure, normaliseEmail, type FinishedMail, type TwilioAccount } from '@ashlar/delivery';
import { oneLine, renderMail, renderOwnTemplate, type MailContent, type MailLocale } from '@ashlar/mail-templates';
import type { Project } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { IdentitySettings, MailSettings } from '../domain/settings.ts';
import { deliverByHook, type HookDeliveryParts } from './deliver-by-hook.ts';
import type { Mailbox } from './mailbox.ts';
import type { OutgoingMail, OutgoingMessage, OutgoingSms } from './outgoing-message.ts';

export type { FinishedMail } from '@ashlar/delivery';

/** Hands a mail to the server or provider the settings name. @throws {DeliveryFailure} */
export type SendMail<Way> = (way: Way, mail: FinishedMail, signal: AbortSignal) => Promise<unknown>;
/** @throws {DeliveryFailure} */
export type SendSms = (account: TwilioAccount, sms: OutgoingSms, signal: AbortSignal) => Promise<unknown>;

export interface DeliveryParts extends HookDeliveryParts {
  readonly sendBySmtp: SendMail<NonNullable<MailSettings['smtp']>>;
  readonly sendByHttp: SendMail<NonNullable<MailSettings['http']>>;
  readonly sendSms: SendSms;
  readonly mailbox: Mailbox | null;
  readonly observe: Observe;
}

/** Where and for whom a message is delivered. */
export interface Delivery {
  readonly project: Project;
  readonly settings: IdentitySettings;
  /** One message, however often it is tried. */
  readonly idempotencyKey: string;
  readonly writtenAt: Date;
  readonly signal: AbortSignal;
}

/**
 * Delivers one message by the first way the project has: its hook, its provider, its server, or the developer's mailbox.
 *
 * @throws {DeliveryFailure} Permanent when trying again cannot help.
 */
export async function deliver(parts: DeliveryParts, delivery: Delivery, message: OutgoingMessage): Promise<void> {
  const { sendEmail, sendSms } = delivery.settings.hooks;
  const hook = message.kind === 'mail' ? sendEmail : sendSms;
  if (hook?.enabled === true) return deliverByHook(parts, delivery, hook, message);
  await (message.kind === 'mail' ? deliverMail(parts, delivery, message) : deliverSms(parts, delivery, message));
}

async function deliverMail(parts: DeliveryParts, delivery: Delivery, message: OutgoingMail): Promise<void> {
  const { smtp, http } = delivery.settings.mail;
  if (smtp === null && http === null && parts.mailbox === null) throw noWay('mail', message.to);
  const mail = await finish(parts, delivery, message);
  if (http !== null) {
    await parts.sendByHttp(http, mail, delivery.signal);
    return;
  }
  if (smtp !== null) {
    await parts.sendBySmtp(smtp, mail, delivery.signal);
    return;
  }
  const { name, address } = mail.from;
  parts.mailbox?.keep(delivery.project.ref, {
    kind: 'mail',
    template: message.template,
    to: mail.to,
    from: name === '' ? address : `${name} <${address}>`,
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    caughtAt: new Date().toISOString(),
  });
}

async function deliverSms(parts: DeliveryParts, delivery: Delivery, message: OutgoingSms): Promise<void> {
  const { twilio } = delivery.settings.phone;
  if (twilio !== null) {
    await parts.sendSms(twilio, message, delivery.signal);
    return;
  }
  if (parts.mailbox === null) throw noWay('text message', message.to);
  const { text } = message;
  const caughtAt = new Date().toISOString();
  parts.mailbox.keep(delivery.project.ref, {
    kind: 'sms',
    template: 'sms',
    to: `+${message.to}`,
    from: '',
    subject: oneLine(text),
    html: '',
    text,
    caughtAt,
  });
}

/** The settings were different when the message was written; they may be put right while it waits. */
function noWay(what: string, recipient: string): DeliveryFailure {
  return new DeliveryFailure(`no way to send a ${what} is configured`, recipient, { permanent: false });
}

async function finish(parts: DeliveryParts, delivery: Delivery, message: OutgoingMail): Promise<FinishedMail> {
  const { mail: settings } = delivery.settings;
  const to = normaliseEmail(message.to);
  // Whatever else it is, it could name several mailboxes or headers to the server.
  if (to === null) throw new DeliveryFailure('the address is none', message.to, { permanent: true });
  const sender = normaliseEmail(settings.senderAddress);
  if (sender === null) throw new DeliveryFailure('the address of the sender is none', to, { permanent: false });
  const locale = localeOf(message, settings);
  return {
    ...(await render(parts, delivery, message, to, locale)),
    from: { name: oneLine(settings.senderName), address: sender },
    to,
    messageId: `<${delivery.idempotencyKey}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    idempotencyKey: delivery.idempotencyKey,
    date: delivery.writtenAt,
    locale,
  };
}

function localeOf({ locale }: OutgoingMail, { defaultLocale }: MailSettings): MailLocale {
  const language = locale?.toLowerCase().split(/[-_]/, 1)[0];
  return language === 'ar' || language === 'en' ? language : defaultLocale;
}

async function render(
  parts: DeliveryParts,
  { project: { ref }, settings: { mail, email } }: Delivery,
  { template, data }: OutgoingMail,
  to: string,
  locale: MailLocale,
): Promise<MailContent> {
  const name = [`${template}.${locale}`, template].find((key) => Object.hasOwn(mail.templates, key));
  const own = name === undefined ? undefined : mail.templates[name];
  if (name !== undefined && own !== undefined) {
    try {
      return await renderOwnTemplate(own, data, to);
    } catch (error) {
      // Somebody waits for this mail; that its form is not the wanted one is for the operator to hear.
      const reason = error instanceof Error ? error.message : String(error);
      parts.observe({ kind: 'template.broken', project: ref, template: name, reason });
    }
  }
  return renderMail({ kind: template, locale, data, to, expiresInSeconds: email.otpSeconds });
}

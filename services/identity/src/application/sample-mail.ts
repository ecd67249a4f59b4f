import type { MailContent, MailKind, MailLocale, OwnTemplate } from '@ashlar/mail-templates';
import { renderMail, renderOwnTemplate } from '@ashlar/mail-templates';
import { randomUUID } from 'node:crypto';
import { DeliveryFailure } from '@ashlar/delivery';
import { AshlarError } from '@ashlar/kernel';
import { identityErrors } from '../domain/identity-errors.ts';
import type { DeliverNow } from '../open-messaging.ts';
import { canSendMail } from './mail-availability.ts';
import type { MethodLimits } from './method-limits.ts';
import type { OutgoingMail } from './outgoing-message.ts';
import type { IdentityParts, Visit } from './visit.ts';

/** Somebody waits for it. */
const TEST_MAIL_MS = 20_000;

export interface SampleMail {
  readonly kind: MailKind;
  readonly locale: MailLocale;
  readonly to: string;
}

/**
 * A mail as it would look to somebody, with facts made up.
 *
 * @param own Not kept yet; null = the one in force.
 * @throws {AshlarError} `identity.validation_failed` with what is wrong with the template.
 */
export async function previewMail(
  visit: Visit,
  { kind, locale, to }: SampleMail,
  own: OwnTemplate | null,
): Promise<MailContent> {
  const { mail, email } = visit.settings;
  const name = [`${kind}.${locale}`, kind].find((key) => Object.hasOwn(mail.templates, key));
  const template = own ?? (name === undefined ? undefined : mail.templates[name]);
  const data = sampleData(visit, kind, to);
  if (template === undefined) return renderMail({ kind, locale, data, to, expiresInSeconds: email.otpSeconds });
  try {
    return await renderOwnTemplate(template, data, to);
  } catch (error) {
    if (error instanceof AshlarError) throw identityErrors.validationFailed({ detail: error.message });
    throw error;
  }
}

/**
 * Sends a sample by the way the project has, counted like any other mail. By server or provider it is sent before this
 * returns; a hook, or the mailbox of a developer's machine, gets it from the queue.
 *
 * @returns Whether it was handed over, or waits.
 * @throws {AshlarError} `identity.feature_disabled` without a way, `identity.test_mail_failed` with what the server said,
 *   `identity.over_email_send_rate_limit`.
 */
export async function sendTestMail(
  parts: IdentityParts,
  { limits, deliver }: { readonly limits: MethodLimits; readonly deliver: DeliverNow | null },
  visit: Visit,
  { kind, locale, to }: SampleMail,
): Promise<'sent' | 'queued'> {
  const { settings } = visit;
  if (!canSendMail(parts, visit)) {
    throw identityErrors.featureDisabled({ detail: 'There is no server and no provider to send mails by' });
  }
  const at = parts.now();
  const mail: OutgoingMail = {
    kind: 'mail',
    template: kind,
    to,
    userId: null,
    locale,
    data: sampleData(visit, kind, to),
  };
  const isDirect = settings.hooks.sendEmail?.enabled !== true && (settings.mail.smtp ?? settings.mail.http) !== null;
  if (!isDirect || deliver === null) {
    await parts.inTransaction(visit, ({ outbox }) => outbox.add(mail, at));
    return 'queued';
  }
  limits.takeMessage(visit, 'mailsPerHour', at);
  const delivery = {
    project: visit.project,
    settings,
    idempotencyKey: `test.${randomUUID()}`,
    writtenAt: at,
    signal: AbortSignal.timeout(TEST_MAIL_MS),
  };
  try {
    await deliver(delivery, mail);
  } catch (error) {
    throw identityErrors.testMailFailed({ reason: reasonOf(error) });
  }
  return 'sent';
}

function reasonOf(error: unknown): string {
  if (error instanceof DeliveryFailure || error instanceof AshlarError) return error.message.slice(0, 500);
  if (error instanceof Error && error.name === 'TimeoutError') return 'the server took too long';
  throw error;
}

/** Nothing in it opens anything. */
function sampleData({ settings, issuer }: Visit, kind: MailKind, to: string): OutgoingMail['data'] {
  const { siteUrl } = settings.general;
  return {
    token: '123456',
    tokenHash: 'sample',
    confirmationUrl: `${issuer}/verify?token=sample`,
    siteUrl,
    redirectTo: siteUrl,
    email: to,
    newEmail: 'new@example.org',
    metadata: {},
    // Mails list every fact they are given.
    ...(kind === 'organisation_invite' ? { facts: { organisation: 'Example', inviter: 'ada@example.org' } } : {}),
  };
}

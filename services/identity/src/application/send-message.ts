import type { User } from '../domain/user.ts';
import type { IssuedSecret } from './issue-secret.ts';
import { canSendMail } from './mail-availability.ts';
import type { MailKind } from '@ashlar/mail-templates';
import type { MailHalf } from './outgoing-message.ts';
import { isTestNumber } from './require-channel.ts';
import type { Stores } from './stores.ts';
import type { IdentityParts, Visit } from './visit.ts';

/** Names of languages are short; what is longer is none. */
const MAX_LOCALE_LENGTH = 35;
const CODE_IN_TEMPLATE = /\{\{\s*\.Code\s*\}\}/g;

export type SmsChannel = 'sms' | 'whatsapp';

/** Whom a mail is about and to; its owner reads it, or a stranger who claims to be. */
export type Recipient = Pick<User, 'id' | 'email' | 'phone' | 'userMetadata'>;

interface SecretMail {
  readonly template: MailKind;
  readonly user: Recipient;
  readonly to: string;
  readonly secret: IssuedSecret;
  /** `type` of the link, which says what its use does; null for a mail with a code alone. */
  readonly linkType: string | null;
  readonly redirectTo: string;
  readonly newEmail?: string;
  readonly half?: MailHalf;
  readonly at: Date;
}

export async function sendSecretMail(stores: Stores, visit: Visit, mail: SecretMail): Promise<void> {
  const { template, user, to, secret, linkType, redirectTo, newEmail, half, at } = mail;
  const link = linkType === null ? {} : { confirmationUrl: actionLink(visit, secret, linkType, redirectTo) };
  const data = {
    token: secret.code,
    tokenHash: secret.hash,
    ...link,
    siteUrl: visit.settings.general.siteUrl,
    redirectTo,
    email: user.email ?? to,
    ...(newEmail === undefined ? {} : { newEmail }),
    metadata: user.userMetadata,
  };
  const message = { kind: 'mail', template, to, userId: user.id, locale: localeOf(user), data } as const;
  await stores.outbox.add(half === undefined ? message : { ...message, half }, at);
}

/** Tells the owner of an account what happened to it, at the address it had before. */
export async function sendNotice(
  stores: Stores,
  parts: IdentityParts,
  visit: Visit,
  notice: {
    readonly template: MailKind;
    readonly user: Pick<User, 'id' | 'email' | 'phone' | 'userMetadata' | 'emailConfirmedAt'>;
    readonly facts?: Readonly<Record<string, string>>;
    readonly newEmail?: string;
    readonly at: Date;
  },
): Promise<void> {
  const { template, user, facts, newEmail, at } = notice;
  // An address nobody confirmed may be a stranger's, whom the account is no business of.
  if (user.email === null || user.emailConfirmedAt === null || !canSendMail(parts, visit)) return;
  const data = {
    siteUrl: visit.settings.general.siteUrl,
    email: user.email,
    metadata: user.userMetadata,
    ...(newEmail === undefined ? {} : { newEmail }),
    ...(facts === undefined ? {} : { facts }),
  };
  const message = { kind: 'mail', template, to: user.email, userId: user.id, locale: localeOf(user), data } as const;
  await stores.outbox.add(message, at);
}

export async function sendCodeBySms(
  stores: Stores,
  visit: Visit,
  message: {
    readonly userId: string;
    readonly phone: string;
    readonly code: string;
    readonly channel: SmsChannel;
    readonly at: Date;
  },
): Promise<void> {
  const { userId, phone, code, channel, at } = message;
  if (isTestNumber(visit, phone)) return;
  const text = visit.settings.phone.template.replaceAll(CODE_IN_TEMPLATE, code);
  await stores.outbox.add({ kind: 'sms', to: phone, userId, channel, text, code }, at);
}

/** The link of a mail: absolute, below the project's public address. */
export function actionLink(
  { issuer }: Pick<Visit, 'issuer'>,
  { hash }: Pick<IssuedSecret, 'hash'>,
  type: string,
  redirectTo: string,
): string {
  return `${issuer}/verify?token=${hash}&type=${type}&redirect_to=${encodeURIComponent(redirectTo)}`;
}

function localeOf({ userMetadata }: Recipient): string | null {
  const { locale } = userMetadata;
  return typeof locale === 'string' && locale !== '' && locale.length <= MAX_LOCALE_LENGTH ? locale : null;
}

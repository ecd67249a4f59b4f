import { createHash } from 'node:crypto';
import { DeliveryFailure } from '@ashlar/delivery';
import { AshlarError } from '@ashlar/kernel';
import type { MailKind } from '@ashlar/mail-templates';
import type { Project } from '@ashlar/service';
import { checkHookAnswer } from '../domain/hook-answer.ts';
import { hookTarget } from '../domain/hook-target.ts';
import type { Hook, HookSettings } from '../domain/settings.ts';
import { renderUser } from '../domain/user-document.ts';
import type { Metadata, User } from '../domain/user.ts';
import { hookName, type CallHook } from './hooks.ts';
import type { OutgoingMail, OutgoingMessage, OutgoingSms } from './outgoing-message.ts';

/** Reads an account outside of any request; null = it is gone. */
export type FindUser = (project: Project, id: string) => Promise<User | null>;

export interface HookDeliveryParts {
  readonly callHook: CallHook;
  readonly findUser: FindUser;
}

interface HookDelivery {
  readonly project: Project;
  /** One message, however often it is tried. */
  readonly idempotencyKey: string;
  readonly writtenAt: Date;
}

/**
 * Hands a message to the project's own hook, which sends it in its way. One attempt: the queue sees to the others.
 *
 * @throws {DeliveryFailure} Permanent when the hook refused the message or its account is gone.
 */
export async function deliverByHook(
  { callHook, findUser }: HookDeliveryParts,
  { project, idempotencyKey, writtenAt }: HookDelivery,
  hook: Hook,
  message: OutgoingMessage,
): Promise<void> {
  const { to, userId } = message;
  // The call for the other mail of the same change has this one's secret too.
  if (message.kind === 'mail' && message.half?.mailbox === 'current') return;
  const user = userId === null ? null : await findUser(project, userId);
  if (userId !== null && user === null) throw new DeliveryFailure('the account is gone', to, { permanent: true });
  const target = hookTarget(hook);
  // It may be put right while the message waits.
  if (target === null) throw new DeliveryFailure('the address of the hook is not usable', to, { permanent: false });
  const name: keyof HookSettings = message.kind === 'mail' ? 'sendEmail' : 'sendSms';
  const payload = {
    metadata: { uuid: uuidOf(idempotencyKey), time: writtenAt.toISOString(), name: hookName(name) },
    // Somebody invited to an organisation may have no account yet.
    user: user === null ? { email: to } : renderUser(user),
    ...(message.kind === 'mail' ? { email_data: emailData(message) } : { sms: smsData(message) }),
  };
  try {
    checkHookAnswer(await callHook({ project }, target, hook, payload, { id: idempotencyKey, attempts: 1 }));
  } catch (error) {
    throw failureOf(error, to);
  }
}

/** What a receiver gets of a kind of mail; where a link is sent, also the `type` it is verified with. */
const ACTIONS: Readonly<Partial<Record<MailKind, string>>> = { confirmation: 'signup', magic_link: 'magiclink' };

function emailData({ template, data, half }: OutgoingMail): Metadata {
  const current = half?.mailbox === 'new' ? half.current : undefined;
  const { confirmationUrl = '', facts = {} } = data;
  const own = { token: data.token ?? '', tokenHash: data.tokenHash ?? '' };
  return {
    ...snakeCased(facts),
    // With two mailboxes `token` is for the current one and `token_new` for the new one. Each hash stands under the
    // other's name: that is how receivers have always read it.
    token: current === undefined ? own.token : current.token,
    token_hash: own.tokenHash,
    token_new: current === undefined ? '' : own.token,
    token_hash_new: current === undefined ? '' : current.tokenHash,
    redirect_to: data.redirectTo ?? '',
    email_action_type: ACTIONS[template] ?? template,
    // Links are made below it: `<site_url>/verify?token=…`.
    site_url: template === 'organisation_invite' ? data.siteUrl : baseOf(confirmationUrl, data.siteUrl),
  };
}

/** Facts of notices, such as `old_email` and `factor_type`. */
function snakeCased(facts: Readonly<Record<string, string>>): Metadata {
  const entries = Object.entries(facts);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}

function baseOf(confirmationUrl: string, siteUrl: string): string {
  const end = confirmationUrl.indexOf('/verify?');
  return end === -1 ? siteUrl : confirmationUrl.slice(0, end);
}

function smsData({ to, code, text, channel }: OutgoingSms): Metadata {
  return { otp: code, phone: to, text, channel };
}

/** A name-based id in the form receivers expect, the same in every attempt. */
function uuidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Refusals that say "later". */
const TEMPORARY: ReadonlySet<number> = new Set([408, 425, 429]);

function failureOf(error: unknown, to: string): unknown {
  if (!(error instanceof AshlarError)) return error;
  const status = error.code === 'identity.hook_refused' ? Number(error.params['status']) : 500;
  const permanent = status < 500 && !TEMPORARY.has(status);
  return new DeliveryFailure(error.message, to, { permanent, cause: error });
}

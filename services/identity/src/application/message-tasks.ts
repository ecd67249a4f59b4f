import { DeliveryFailure } from '@ashlar/delivery';
import { AshlarError } from '@ashlar/kernel';
import { type JobRun, type Project, type Projects, sealingSecretOf, type Task } from '@ashlar/service';
import { z } from 'zod';
import { openSecrets, sealingKeys } from '../domain/sealed-secrets.ts';
import type { IdentitySettings } from '../domain/settings.ts';
import { deliver, type DeliveryParts } from './deliver.ts';
import type { SettingsReader } from './identity-settings.ts';
import { SEND_MESSAGE, SWEEP_OUTBOX, type OutboxCourier } from './outbox-courier.ts';
import type { MailKind } from '@ashlar/mail-templates';
import type { OutgoingMessage } from './outgoing-message.ts';

export interface MessageTaskParts extends DeliveryParts {
  readonly projects: Projects;
  readonly settings: SettingsReader;
  readonly courier: OutboxCourier;
  readonly now: () => Date;
}

/** What tells of a change is of no use much later. */
const NOTICE_SECONDS = 86_400;

const sweepPayload = z.object({ project: z.string() });

const messagePayload = z.object({
  project: z.string(),
  key: z.string(),
  writtenAt: z.iso.datetime().transform((text) => new Date(text)),
  channel: z.enum(['mail', 'sms']),
  template: z.string(),
  sealed: z.unknown(),
});

type MessagePayload = z.output<typeof messagePayload>;

/** The jobs of this service: looking after outboxes, and sending messages. */
export function messageTasks(parts: MessageTaskParts): readonly Task[] {
  return [
    {
      name: SWEEP_OUTBOX,
      async run(payload) {
        const project = await parts.projects.wake(sweepPayload.parse(payload).project);
        if (project !== undefined) await parts.courier.sweep(project);
      },
    },
    { name: SEND_MESSAGE, run: (payload, run) => sendMessage(parts, messagePayload.parse(payload), run) },
  ];
}

/** Ends without an error also when the message is given up: a job that is over leaves no secret behind. */
async function sendMessage(parts: MessageTaskParts, payload: MessagePayload, run: JobRun): Promise<void> {
  const { project: ref, channel, template } = payload;
  const fact = { project: ref, channel, template, attempt: run.attempt };
  const drop = (reason: string): void => parts.observe({ kind: 'message.dropped', ...fact, reason });
  const project = await parts.projects.wake(ref);
  if (project === undefined) return drop('the project is gone');
  const message = open(project, payload);
  if (message === null) return drop('it was written under keys the project no longer has');

  const startedAt = performance.now();
  try {
    const settings = await parts.settings.of(project);
    const { writtenAt, key: idempotencyKey } = payload;
    if (parts.now() > endOf(message, writtenAt, settings)) return drop('what it holds has expired');
    await deliver(parts, { project, settings, idempotencyKey, writtenAt, signal: run.signal }, message);
  } catch (error) {
    const reason = reasonOf(error);
    if (error instanceof DeliveryFailure && error.permanent) return drop(reason);
    if (run.attempt >= run.maxAttempts) return drop(`${reason} (no further attempt)`);
    parts.observe({ kind: 'message.delayed', ...fact, reason });
    // The queue keeps this sentence, so it is the one that may be told.
    throw new Error(reason, { cause: error });
  }
  parts.observe({ kind: 'message.sent', ...fact, durationMs: performance.now() - startedAt });
}

function reasonOf(error: unknown): string {
  if (error instanceof DeliveryFailure || error instanceof AshlarError) return error.message;
  return `an unexpected ${error instanceof Error ? error.name : 'failure'}`;
}

function open({ keys }: Project, { sealed }: MessagePayload): OutgoingMessage | null {
  try {
    const opened = openSecrets(sealingKeys(sealingSecretOf(keys)), sealed);
    // Sealed by this service, so its shape is known once the seal holds.
    return JSON.parse((opened as { readonly secret: string }).secret) as OutgoingMessage;
  } catch {
    return null;
  }
}

const SECRET_MAILS: ReadonlySet<MailKind> = new Set([
  'confirmation',
  'invite',
  'magic_link',
  'recovery',
  'email_change',
  'reauthentication',
]);

/** When there is no use in a message any more. */
function endOf(message: OutgoingMessage, writtenAt: Date, { email, phone }: IdentitySettings): Date {
  if (message.kind === 'sms') return after(phone.otpSeconds);
  if (message.expiresAt !== undefined) return new Date(message.expiresAt);
  return after(SECRET_MAILS.has(message.template) ? email.otpSeconds : NOTICE_SECONDS);

  function after(seconds: number): Date {
    return new Date(writtenAt.getTime() + seconds * 1000);
  }
}

import { createSmtpMailer, sendMailByHttp, sendSmsByTwilio, type SmtpTimeouts } from '@ashlar/delivery';
import type { JobQueue, Projects, Task } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { takePostgresOutbox } from './adapters/take-postgres-outbox.ts';
import { readPostgresUser } from './adapters/read-postgres-user.ts';
import type { CallHook } from './application/hooks.ts';
import type { SettingsReader } from './application/identity-settings.ts';
import type { Mailbox } from './application/mailbox.ts';
import { messageTasks } from './application/message-tasks.ts';
import { createOutboxCourier, withCourier } from './application/outbox-courier.ts';
import type { InTransaction } from './application/stores.ts';

export interface MessagingOptions {
  readonly jobs: JobQueue;
  /** Whose messages are sent, also of those nobody has asked for since the process began. */
  readonly projects: Projects;
  readonly smtpTimeouts?: SmtpTimeouts;
}

interface MessagingParts extends Partial<MessagingOptions> {
  readonly settings: SettingsReader;
  readonly callHook: CallHook;
  readonly mailbox: Mailbox | null;
  readonly observe: Observe;
  readonly now: () => Date;
}

/** The way of messages out of the house. */
interface Messaging {
  readonly tasks: readonly Task[];
  /** Settings are read for every request: that is how a project is seen to be in use. */
  readonly settings: SettingsReader;
  /** The transaction with its messages sent once it has committed. */
  attach(inTransaction: InTransaction): InTransaction;
  close(): Promise<void>;
}

export function openMessaging({ jobs, projects, smtpTimeouts, ...rest }: MessagingParts): Messaging {
  if (jobs === undefined || projects === undefined) {
    const { settings } = rest;
    return { tasks: [], settings, attach: (inTransaction) => inTransaction, close: async () => undefined };
  }
  const smtp = createSmtpMailer(smtpTimeouts);
  const courier = createOutboxCourier({ jobs, takeOutbox: takePostgresOutbox, ...rest });
  const sending = {
    sendBySmtp: smtp.send,
    sendByHttp: sendMailByHttp,
    sendSms: sendSmsByTwilio,
    findUser: readPostgresUser,
  };
  return {
    tasks: messageTasks({ ...rest, ...sending, projects, courier }),
    settings: {
      of(project) {
        courier.seen(project);
        return rest.settings.of(project);
      },
      forget: (project) => rest.settings.forget(project),
    },
    attach: (inTransaction) => withCourier(inTransaction, courier),
    async close() {
      await courier.close();
      smtp.close();
    },
  };
}

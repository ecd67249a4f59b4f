import { createSmtpMailer, sendMailByHttp, sendSmsByTwilio, type SmtpTimeouts } from '@ashlar/delivery';
import type { Outbound } from '@ashlar/outbound';
import type { JobQueue, Projects, Task } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { takePostgresOutbox } from './adapters/take-postgres-outbox.ts';
import { readPostgresUser } from './adapters/read-postgres-user.ts';
import { deliver, type Delivery } from './application/deliver.ts';
import type { CallHook } from './application/hooks.ts';
import type { SettingsReader } from './application/identity-settings.ts';
import type { Mailbox } from './application/mailbox.ts';
import { messageTasks } from './application/message-tasks.ts';
import { createOutboxCourier, withCourier } from './application/outbox-courier.ts';
import type { OutgoingMail } from './application/outgoing-message.ts';
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
  /** Judges where a mail leads that somebody waits for. */
  readonly outbound: Outbound;
}

/** Delivers a mail while somebody waits for the answer. @throws {DeliveryFailure} and those of `Outbound.addresses`. */
export type DeliverNow = (delivery: Delivery, mail: OutgoingMail) => Promise<void>;

/** The way of messages out of the house. */
interface Messaging {
  readonly tasks: readonly Task[];
  /** Settings are read for every request: that is how a project is seen to be in use. */
  readonly settings: SettingsReader;
  /** The transaction with its messages sent once it has committed. */
  attach(inTransaction: InTransaction): InTransaction;
  /** Null where no message leaves at all. */
  readonly deliver: DeliverNow | null;
  close(): Promise<void>;
}

export function openMessaging({ jobs, projects, smtpTimeouts, outbound, ...rest }: MessagingParts): Messaging {
  if (jobs === undefined || projects === undefined) {
    const { settings } = rest;
    return {
      tasks: [],
      settings,
      attach: (inTransaction) => inTransaction,
      deliver: null,
      close: async () => undefined,
    };
  }
  const smtp = createSmtpMailer(smtpTimeouts);
  const courier = createOutboxCourier({ jobs, takeOutbox: takePostgresOutbox, ...rest });
  const sending = {
    sendBySmtp: smtp.send,
    sendByHttp: sendMailByHttp,
    sendSms: sendSmsByTwilio,
    findUser: readPostgresUser,
  };
  // Who waits for the answer learns from it what is there: it leads nowhere inside.
  const sendJudged: typeof smtp.send = async (server, mail, signal) => {
    const [address] = await outbound.addresses(server.host, server.port);
    return smtp.send({ ...server, ...(address === undefined ? {} : { address }) }, mail, signal);
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
    deliver: (delivery, mail) => deliver({ ...rest, ...sending, sendBySmtp: sendJudged }, delivery, mail),
    async close() {
      await courier.close();
      smtp.close();
    },
  };
}

import { isIP } from 'node:net';
import { BoundedCache } from '@ashlar/kernel';
import type { Transporter } from 'nodemailer';
import { DeliveryFailure, tellable } from './delivery-failure.ts';
import { headersOf, type FinishedMail, type SendMail } from './finished-mail.ts';

type Nodemailer = (typeof import('nodemailer'))['default'];

export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** `implicit`: TLS from the first byte; `starttls`: the upgrade is required; `none`: clear text. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  /** Connected to instead of what the host resolves to; its certificate is still the host's. */
  readonly address?: string;
}

export interface SmtpTimeouts {
  readonly connectMs: number;
  /** Until the server's greeting. */
  readonly greetingMs: number;
  /** Of silence while a mail is handed over. */
  readonly silenceMs: number;
  /** Connections are kept this long for the next mail. */
  readonly idleMs: number;
}

const DEFAULT_SMTP_TIMEOUTS: SmtpTimeouts = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 20_000,
  idleMs: 30_000,
};

export interface SmtpMailer {
  readonly send: SendMail<SmtpServer>;
  close(): void;
}

/** Servers whose connections are kept; of those used least recently they are closed. */
const MAX_SERVERS = 50;
const CONNECTIONS_PER_SERVER = 3;
/** The server is there but our credentials or its policy towards us are not right, which an operator can mend. */
const ACCESS_CODES: ReadonlySet<number> = new Set([530, 534, 535, 538]);

/** Sends mails by SMTP over connections that are kept for a while. */
export function createSmtpMailer(timeouts: SmtpTimeouts = DEFAULT_SMTP_TIMEOUTS): SmtpMailer {
  const open = new Set<Transporter>();
  const close = (transport: Transporter): void => {
    open.delete(transport);
    transport.close();
  };
  const transports = new BoundedCache<string, Transporter>(MAX_SERVERS, (_key, transport) => close(transport));

  async function transportFor(server: SmtpServer): Promise<Transporter> {
    // Large, and many servers send no mail by SMTP.
    const { default: nodemailer } = await import('nodemailer');
    const key = JSON.stringify([server.host, server.port, server.user, server.password, server.tls, server.address]);
    const known = transports.get(key);
    if (known !== undefined) return known;
    const transport = openTransport(nodemailer, server, timeouts);
    open.add(transport);
    transports.set(key, transport);
    return transport;
  }

  return {
    async send(server, mail, signal) {
      try {
        // What the library says of a taken mail; its types leave it open.
        const { response }: { readonly response?: unknown } = await (
          await transportFor(server)
        ).sendMail({
          ...toMessage(mail),
          signal,
        });
        return { id: null, answer: tellable(`SMTP ${typeof response === 'string' ? response : ''}`, mail.to) };
      } catch (error) {
        throw toFailure(error, mail.to);
      }
    },
    close() {
      for (const transport of open) close(transport);
    },
  };
}

function openTransport(
  nodemailer: Nodemailer,
  { host, port, user, password, tls, address }: SmtpServer,
  timeouts: SmtpTimeouts,
): Transporter {
  return nodemailer.createTransport({
    pool: true,
    host: address ?? host,
    ...(address === undefined || isIP(host) !== 0 ? {} : { servername: host }),
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user === '' ? {} : { auth: { user, pass: password } }),
    maxConnections: CONNECTIONS_PER_SERVER,
    // Trying again is the queue's business: it survives the process, and knows when a mail has expired.
    maxRequeues: 0,
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
    idleTimeout: timeouts.idleMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

function toMessage(mail: FinishedMail): Parameters<Transporter['sendMail']>[0] {
  return {
    // As objects, so that neither is taken for a list of addresses; the library encodes the name.
    from: mail.from,
    to: { name: '', address: mail.to },
    envelope: { from: mail.from.address, to: [mail.to] },
    subject: mail.subject,
    html: mail.html,
    text: mail.text,
    messageId: mail.messageId,
    date: mail.date,
    ...(mail.replyTo === undefined ? {} : { replyTo: { name: '', address: mail.replyTo } }),
    headers: { ...headersOf(mail) },
  };
}

interface SmtpError extends Error {
  readonly code?: string;
  readonly command?: string;
  readonly response?: string;
  readonly responseCode?: number;
}

function toFailure(error: unknown, recipient: string): DeliveryFailure {
  const {
    code,
    command,
    response,
    responseCode = 0,
    message,
  }: SmtpError = error instanceof Error ? error : new Error(String(error));
  // Refused while its receiver or its content was told. Credentials, encryption and the sender are the operator's to mend.
  const isAboutMail = (code === 'EENVELOPE' || code === 'EMESSAGE') && command !== 'MAIL FROM';
  const permanent = isAboutMail && responseCode >= 500 && responseCode < 600 && !ACCESS_CODES.has(responseCode);
  return new DeliveryFailure(`SMTP ${code ?? ''} ${response ?? message}`, recipient, { permanent });
}

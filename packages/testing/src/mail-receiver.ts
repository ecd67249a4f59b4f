import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly mail: Email;
}

/** A real SMTP server that keeps what it is sent. */
export interface MailReceiver extends AsyncDisposable {
  readonly port: number;
  readonly received: ReceivedMail[];
  /** How it answers the next mails, one entry per mail: `ok` takes it, a code refuses it, `cut` ends the connection. */
  readonly answers: ('ok' | 'hang' | 'cut' | number)[];
  /** Mails it was offered so far. */
  readonly offered: number;
  close(): Promise<void>;
}

export async function startMailReceiver(
  options: SMTPServerOptions & { readonly port?: number } = {},
): Promise<MailReceiver> {
  const received: ReceivedMail[] = [];
  const answers: MailReceiver['answers'] = [];
  const sockets = new Set<Socket>();
  let offered = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    ...options,
    async onData(stream, { envelope }, done) {
      const answer = answers[offered] ?? 'ok';
      offered += 1;
      // Null: its sender was cut off while it wrote.
      const bytes = await buffer(stream).catch(() => null);
      if (bytes === null) return;
      if (answer === 'hang') return;
      if (answer === 'cut') {
        for (const socket of sockets) socket.destroy();
        return;
      }
      if (typeof answer === 'number') {
        const to = envelope.rcptTo[0]?.address ?? '';
        done(Object.assign(new Error(`no, not for ${to}`), { responseCode: answer }));
        return;
      }
      received.push({
        from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
        to: envelope.rcptTo.map(({ address }) => address),
        raw: bytes.toString('latin1'),
        mail: await PostalMime.parse(bytes),
      });
      done(null, 'taken');
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(options.port ?? 0, '127.0.0.1', () => resolve()));
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    // A server that listens on TCP has this form of address.
    port: (server.server.address() as AddressInfo).port,
    received,
    answers,
    get offered() {
      return offered;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

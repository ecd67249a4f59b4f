import { createServer, type AddressInfo, type Socket } from 'node:net';

/** An SMTP server that takes every mail and keeps none. */
export interface MailSink extends AsyncDisposable {
  readonly port: number;
  readonly taken: number;
}

/** RFC 5321, as much of it as a sender without TLS and login speaks. */
export async function startMailSink(): Promise<MailSink> {
  let taken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    socket.setEncoding('latin1').write('220 sink\r\n');
    let isData = false;
    let rest = '';
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isData) {
          if (line !== '.') continue;
          isData = false;
          taken += 1;
          socket.write('250 taken\r\n');
        } else if (/^DATA$/i.test(line)) {
          isData = true;
          socket.write('354 go on\r\n');
        } else socket.write(/^QUIT$/i.test(line) ? '221 bye\r\n' : '250 ok\r\n');
      }
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    // A server that listens on TCP has this form of address.
    port: (server.address() as AddressInfo).port,
    get taken() {
      return taken;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

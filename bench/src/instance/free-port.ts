import { createServer, type AddressInfo } from 'node:net';

/** A loopback port nobody listens on at the moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      // A TCP server has an address with a port; only pipes have a name instead.
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

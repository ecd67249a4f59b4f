import { cliErrors } from '../cli/cli-errors.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Begins to listen. @throws {AshlarError} `cli.port_taken`, `cli.address_unusable`. */
export async function listenAt<Listening>(
  { host, port }: ListenAddress,
  listen: (address: ListenAddress) => Promise<Listening>,
): Promise<Listening> {
  try {
    return await listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EADDRINUSE') throw cliErrors.portTaken({ host, port }, { cause: error });
    if (code === '') throw error;
    throw cliErrors.addressUnusable({ host, port, reason: code }, { cause: error });
  }
}

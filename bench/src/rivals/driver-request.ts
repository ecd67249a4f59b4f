import type { ClientConfig } from 'pg';

/** What the parent asks of a driver process, and what comes back: statements per second. */
export interface DriverRequest {
  readonly connection: ClientConfig;
  readonly claims: string;
  readonly name: string;
  readonly statement: string;
  /** Parameter lists taken in turn. */
  readonly values: readonly (readonly string[])[];
  readonly seconds: number;
  /** Statements in flight on all connections together; the driver's usual number unless given. */
  readonly inFlight?: number;
}

/** Runs the measurement the parent sends, one after another, until the parent goes. */
export function serveDriverRequests(measure: (request: DriverRequest) => Promise<number>): void {
  process.on('message', (request: DriverRequest) => {
    measure(request).then(
      (rate) => process.send?.({ perSecond: rate }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
}

/** Keeps `workers` statements in flight until the time is up. */
export async function perSecond(
  workers: number,
  seconds: number,
  run: (turn: number, worker: number) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      for (let turn = worker; performance.now() < end; turn += workers) {
        await run(turn, worker);
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - started) / 1000);
}

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DriverRequest } from './driver-request.ts';

export interface DriverProcess {
  /** Statements per second. */
  measure(request: DriverRequest): Promise<number>;
  stop(): void;
}

/** A process of its own per driver, so that its work and the load generator's do not share a core's event loop. */
export function startDriver(script: 'pipelined-driver.ts' | 'pool-transactions.ts'): DriverProcess {
  const child: ChildProcess = fork(fileURLToPath(new URL(script, import.meta.url)));
  return {
    async measure(request) {
      child.send(request);
      const [answer] = await once(child, 'message');
      // The other end is `serveDriverRequests`.
      const { perSecond, error } = answer as { readonly perSecond?: number; readonly error?: string };
      if (perSecond === undefined) throw new Error(`${script}: ${error}`);
      return perSecond;
    },
    stop: () => void child.kill(),
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { CompileAnswer, CompileOrder } from './compile-order.ts';

export interface CompilerLimits {
  readonly deadlineMs: number;
  readonly memoryBytes: number;
  readonly idleMs: number;
}

/** One process that compiles, from its start to its end. */
export interface Compiler {
  /** One at a time. @throws {Error} When the page cannot be made, or the process ended over it. */
  compile(order: Omit<CompileOrder, 'id'>): Promise<Uint8Array>;
  isOver(): boolean;
  end(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('compiler-process.ts', import.meta.url));
const HEAP_MEGABYTES = 128;

/** Starts one. It inherits nothing: no environment, no flags, no open files beside the channel. */
export function startCompiler({ deadlineMs, memoryBytes, idleMs }: CompilerLimits): Compiler {
  const child = fork(PROGRAM, {
    serialization: 'advanced',
    env: {},
    execArgv: [`--max-old-space-size=${HEAP_MEGABYTES}`],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const gone = once(child, 'exit');
  // Told where a page is waited for.
  gone.catch(() => undefined);
  child.on('error', () => undefined);
  let over = false;
  let orders = 0;
  const end = (): void => {
    over = true;
    child.kill('SIGKILL');
  };
  void gone.then(end, end);
  let idle: NodeJS.Timeout | undefined;
  rest(child);
  return {
    async compile(order) {
      clearTimeout(idle);
      const id = (orders += 1);
      const deadline = setTimeout(end, deadlineMs);
      child.ref();
      child.channel?.ref();
      try {
        const answer = await ask(child, { ...order, id }, gone);
        if (answer.rssBytes > memoryBytes) end();
        if (answer.bytes === undefined) throw new Error(`The page cannot be made: ${answer.fault ?? 'unknown'}`);
        return answer.bytes;
      } finally {
        clearTimeout(deadline);
        rest(child);
        idle = setTimeout(end, idleMs);
        idle.unref();
      }
    },
    isOver: () => over,
    async end() {
      clearTimeout(idle);
      // Waited for: this process stays until the other has gone.
      child.ref();
      end();
      await gone.catch(() => undefined);
    },
  };
}

/** Keeps nobody from ending while there is nothing to do. */
function rest(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
}

async function ask(child: ChildProcess, order: CompileOrder, gone: Promise<unknown>): Promise<CompileAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<CompileAnswer>();
  const hear = (answer: CompileAnswer): void => {
    if (answer.id === order.id) resolve(answer);
  };
  child.on('message', hear);
  const died = (): void => reject(new Error('The process that makes pages ended over this one'));
  gone.then(died, died);
  child.send(order, (error) => {
    if (error !== null) reject(error);
  });
  try {
    return await promise;
  } finally {
    child.off('message', hear);
  }
}

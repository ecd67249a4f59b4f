import type { Config } from '@ashlar/config';
import { must } from '@ashlar/kernel';
import { processStart } from '@ashlar/postgres';
import { DEFAULT_PROJECT } from '@ashlar/service';
import { createLogger, describeObservation, type Logger, type Observation, type Observe } from '@ashlar/telemetry';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Terminal } from '../cli/terminal.ts';
import { instancePaths } from '../instance/instance-paths.ts';
import { openInstance, type Instance } from '../instance/open-instance.ts';
import { readRunState, removeRunState, stateName, writeRunState, type RunState } from '../instance/run-state.ts';
import { VERSION } from '../version.ts';
import type { Listener } from './open-listener.ts';
import { listenForStop } from './stop-signals.ts';

export interface ProcessOptions {
  readonly config: Config;
  readonly terminal: Terminal;
  readonly services: readonly string[];
  /** All services beside a database of our own, or some of them beside one shared by URL. */
  readonly mode: 'start' | 'serve';
  /** Started by an npm script. */
  readonly underNpm: boolean;
  /** Told once everything answers. */
  readonly onReady: (state: RunState, readyInMs: number) => void;
}

/** Whoever supervises us expects an end within this time; then we end without the rest of the ceremony. */
const STOP_WITHIN_MS = 4_500;
const FORCED_EXIT_CODE = 1;

/** Runs services until a signal asks to stop. @returns The exit code. */
export async function runProcess(options: ProcessOptions): Promise<number> {
  const { config, services, terminal } = options;
  const startedAt = performance.now();
  const { run } = instancePaths(config.instance.data);
  const name = stateName(options.mode === 'start' ? null : services);
  refuseSecond(config, readRunState(run, name));
  const logger = openLogger(config, terminal);
  let isStarting = true;
  const observe: Observe = (observation) => {
    // Who looks at a terminal sees a summary when all is ready; until then only what is out of the ordinary.
    if (!isStarting || !terminal.interactive || isAlarming(observation)) logger.observe(observation);
  };
  const forceExit = (): never => {
    logger.flush();
    process.exit(FORCED_EXIT_CODE);
  };
  const stop = listenForStop({ force: forceExit, withParent: options.underNpm });

  try {
    const began = await begin(options, observe, stop.signal);
    writeRunState(run, name, began.state);
    process.on('exit', () => removeRunState(run, name));
    const readyInMs = performance.now() - startedAt;
    options.onReady(began.state, readyInMs);
    observe({ kind: 'process.started', services, url: began.state.url, durationMs: readyInMs });
    isStarting = false;

    const reason = await stop.stopped;
    const stoppingAt = performance.now();
    observe({ kind: 'process.stopping', reason });
    setTimeout(forceExit, STOP_WITHIN_MS).unref();
    await began.listener.close();
    await began.instance.close();
    observe({ kind: 'process.stopped', durationMs: performance.now() - stoppingAt });
    return 0;
  } catch (error) {
    // Asked to stop while starting: giving up is what was wanted.
    if (stop.signal.aborted) return 0;
    throw error;
  } finally {
    logger.flush();
  }
}

interface Begun {
  readonly instance: Instance;
  readonly listener: Listener;
  readonly state: RunState;
}

async function begin(options: ProcessOptions, observe: Observe, signal: AbortSignal): Promise<Begun> {
  const { config, services, mode } = options;
  const [instance, { openListener }] = await Promise.all([
    openInstance({ config, observe, cluster: mode === 'start' ? 'own' : 'join', signal }),
    // Loads while the database server starts.
    import('./open-listener.ts'),
  ]);
  try {
    const project = must(await instance.projects.wake(DEFAULT_PROJECT), 'the default project');
    signal.throwIfAborted();
    const listener = await openListener({ config, instance, observe, services });
    return { instance, listener, state: describeRun(options, instance, listener.url, project.database.database) };
  } catch (error) {
    await instance.close();
    throw error;
  }
}

function describeRun(
  { config, services }: ProcessOptions,
  { cluster }: Instance,
  url: string,
  defaultDatabase: string,
): RunState {
  const { pid } = process;
  return {
    pid,
    processStart: processStart(pid) ?? '',
    version: VERSION,
    services: [...services],
    url,
    publicUrl: config.gateway.publicUrl ?? url,
    startedAt: new Date().toISOString(),
    postgres: {
      kind: cluster.kind,
      host: cluster.host,
      port: cluster.port,
      socketDir: cluster.kind === 'embedded' ? cluster.control.host : null,
      defaultDatabase,
    },
  };
}

function refuseSecond(config: Config, running: RunState | null): void {
  if (running === null) return;
  throw cliErrors.alreadyRunning({ folder: config.instance.data, pid: running.pid, url: running.url });
}

function isAlarming(observation: Observation): boolean {
  const { level } = describeObservation(observation);
  return level === 'warn' || level === 'error';
}

function openLogger({ telemetry }: Config, terminal: Terminal): Logger {
  const { logLevel: level, logFormat } = telemetry;
  const pretty = logFormat === 'pretty' || (logFormat === 'auto' && terminal.interactive);
  return createLogger({ level, format: pretty ? 'pretty' : 'json', colour: terminal.coloured });
}

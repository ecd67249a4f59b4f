import type { Config } from '@ashlar/config';
import { must } from '@ashlar/kernel';
import { processStart } from '@ashlar/postgres';
import { DEFAULT_PROJECT, type Project } from '@ashlar/service';
import { createLogger, describeObservation, type Logger, type Observation, type Observe } from '@ashlar/telemetry';
import { cliErrors } from '../cli/cli-errors.ts';
import type { Terminal } from '../cli/terminal.ts';
import { instancePaths } from '../instance/instance-paths.ts';
import { openInstance, type Instance } from '../instance/open-instance.ts';
import { readRunState, removeRunState, stateName, writeRunState, type RunState } from '../instance/run-state.ts';
import { setupAddress } from '../instance/setup-address.ts';
import { VERSION } from '../version.ts';
import { giveBackWhenQuiet } from './give-back-memory.ts';
import type { Listener } from './open-listener.ts';
import { listenForStop } from './stop-signals.ts';

export interface ProcessOptions {
  readonly config: Config;
  readonly terminal: Terminal;
  /** All of them beside a database of our own, or some beside one shared by URL. */
  readonly services: 'all' | readonly string[];
  /** Started by an npm script. */
  readonly underNpm: boolean;
  /** Told once everything answers, and where an owner is made when there is none yet. */
  readonly onReady: (state: RunState, readyInMs: number, setupUrl: string | null) => void;
}

/** Whoever supervises us expects an end within this time; then we end without the rest of the ceremony. */
const STOP_WITHIN_MS = 4_500;
const FORCED_EXIT_CODE = 1;

/** Runs services until a signal asks to stop. @returns The exit code. */
export async function runProcess(options: ProcessOptions): Promise<number> {
  const { config, services, terminal } = options;
  const startedAt = performance.now();
  const { run } = instancePaths(config.instance.data);
  const name = stateName(services);
  if (services === 'all') refuseSecond(config, readRunState(run));
  const logger = openLogger(config, terminal);
  let isStarting = true;
  const observe: Observe = (observation) => {
    // Who looks at a terminal sees a summary when all is ready; until then only what is out of the ordinary.
    if (!isStarting || !terminal.interactive || isAlarming(observation)) logger.observe(observation);
  };
  const stop = listenForStop({ force: forceExit, withParent: options.underNpm });

  const began = await begin(options, observe, stop.signal).catch((error: unknown) => {
    // Asked to stop while starting: giving up is what was wanted.
    if (stop.signal.aborted) return null;
    // What led to it is read before the sentence about it.
    logger.flush();
    throw error;
  });
  if (began === null) return 0;
  const { state } = began;
  writeRunState(run, name, state);
  process.on('exit', () => removeRunState(run, name));
  const readyInMs = performance.now() - startedAt;
  const setupUrl = await announceSetup(began);
  options.onReady(state, readyInMs, setupUrl);
  observe({ kind: 'process.started', services: state.services, url: state.url, durationMs: readyInMs });
  if (setupUrl !== null) observe({ kind: 'setup.wanted', url: setupUrl });
  isStarting = false;
  const shrinking = giveBackWhenQuiet();

  const reason = await stop.stopped;
  const stoppingAt = performance.now();
  shrinking.stop();
  observe({ kind: 'process.stopping', reason });
  setTimeout(forceExit, STOP_WITHIN_MS).unref();
  await end(began);
  observe({ kind: 'process.stopped', durationMs: performance.now() - stoppingAt });
  // Lines that wait for others would keep the process.
  logger.flush();
  return 0;
}

function forceExit(): never {
  process.exit(FORCED_EXIT_CODE);
}

/** The first start of an instance tells how its owner comes to be; later ones leave that to `ashlar setup-link`. */
async function announceSetup({ instance: { projects }, state }: Begun): Promise<string | null> {
  if (!state.services.includes('control')) return null;
  const { offerSetup } = await import('@ashlar/control');
  // The database may be away again; then it is told at the next start.
  const token = await offerSetup(projects.control).catch(() => null);
  return token === null ? null : setupAddress(state.publicUrl, token);
}

interface Begun {
  readonly instance: Instance;
  readonly listener: Listener;
  readonly state: RunState;
}

async function end({ listener, instance }: Begun): Promise<void> {
  try {
    await listener.close();
  } finally {
    await instance.close();
  }
}

async function begin(options: ProcessOptions, observe: Observe, signal: AbortSignal): Promise<Begun> {
  const { config } = options;
  const [instance, { openListener }, { serviceNames }] = await Promise.all([
    openInstance({ config, observe, given: config.keys, cluster: options.services === 'all' ? 'own' : 'join', signal }),
    // The services' code loads while the database server starts.
    import('./open-listener.ts'),
    import('../composition.ts'),
  ]);
  try {
    const project = must(await instance.projects.wake(DEFAULT_PROJECT), 'the default project');
    signal.throwIfAborted();
    const services = options.services === 'all' ? serviceNames : options.services;
    const listener = await openListener({
      config,
      instance,
      observe,
      services,
      wantsStudio: options.terminal.interactive,
    });
    const state = describeRun({ config, services, instance, listener, project });
    return { instance, listener, state };
  } catch (error) {
    await instance.close();
    throw error;
  }
}

interface Run {
  readonly config: Config;
  readonly services: readonly string[];
  readonly instance: Instance;
  readonly listener: Listener;
  /** The default project. */
  readonly project: Project;
}

function describeRun({ config, services, instance: { cluster }, listener: { url, grpcPort }, project }: Run): RunState {
  const { pid } = process;
  return {
    pid,
    processStart: processStart(pid) ?? '',
    version: VERSION,
    services: [...services],
    url,
    publicUrl: config.gateway.publicUrl ?? url,
    ...(grpcPort === null ? {} : { grpcPort }),
    startedAt: new Date().toISOString(),
    postgres: {
      kind: cluster.kind,
      host: cluster.host,
      port: cluster.port,
      socketDir: cluster.kind === 'embedded' ? cluster.control.host : null,
      defaultDatabase: project.database.database,
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
  const logger = createLogger({ level, format: pretty ? 'pretty' : 'json', colour: terminal.coloured });
  // Whatever ends the process, an exception nobody caught included.
  process.on('exit', () => logger.flush());
  return logger;
}

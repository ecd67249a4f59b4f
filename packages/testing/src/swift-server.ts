import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from './free-port.ts';

/** A running OpenStack Swift with its S3 interface: an S3 server that is not ours. */
export interface SwiftServer extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const BACKENDS = ['account', 'container', 'object'] as const;
const PROGRAMS = ['swift-ring-builder', 'swift-proxy-server', ...BACKENDS.map((name) => `swift-${name}-server`)];
const REGION = 'us-east-1';
const START_DEADLINE_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/** Whether the programs are there (Debian: swift-proxy, swift-account, swift-container, swift-object). */
export function isSwiftInstalled(): boolean {
  return PROGRAMS.every((program) => spawnSync(program, ['--help'], { stdio: 'ignore' }).error === undefined);
}

/** Starts one of its own: rings, data and ports are its own, and end with it. @throws When it does not answer in time. */
export async function startSwift(): Promise<SwiftServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ashlar-swift-'));
  const ports = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const [proxyPort, ...backendPorts] = ports;
  await mkdir(join(folder, 'srv', 'd1'), { recursive: true });
  await writeFile(
    join(folder, 'swift.conf'),
    '[swift-hash]\nswift_hash_path_prefix = a\nswift_hash_path_suffix = b\n[storage-policy:0]\nname = one\ndefault = yes\n',
  );
  const children: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(children.map(endChild));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [at, name] of BACKENDS.entries()) {
      const port = backendPorts[at] ?? 0;
      makeRing(folder, name, port);
      await writeFile(join(folder, `${name}.conf`), backendConfig(folder, name, port));
      children.push(await start(folder, `swift-${name}-server`, `${name}.conf`));
    }
    await writeFile(join(folder, 'proxy.conf'), proxyConfig(folder, proxyPort));
    children.push(await start(folder, 'swift-proxy-server', 'proxy.conf'));
    const endpoint = `http://127.0.0.1:${proxyPort}`;
    await untilReady(endpoint, children);
    const credentials = { accessKey: 'test:tester', secretKey: 'testing' };
    return { endpoint, region: REGION, ...credentials, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function makeRing(folder: string, name: string, port: number): void {
  const builder = `${name}.builder`;
  for (const args of [['create', '4', '1', '1'], ['add', `r1z1-127.0.0.1:${port}/d1`, '1'], ['rebalance']]) {
    const { status, stderr } = spawnSync('swift-ring-builder', [builder, ...args], { cwd: folder, encoding: 'utf8' });
    // 1 is a warning: with one device there is nothing to balance.
    if (status === null || status > 1) throw new Error(`swift-ring-builder ${args.join(' ')}: ${stderr}`);
  }
}

function common(folder: string, port: number): string {
  return [
    '[DEFAULT]',
    'bind_ip = 127.0.0.1',
    `bind_port = ${port}`,
    `user = ${userInfo().username}`,
    `swift_dir = ${folder}`,
    'workers = 0',
    `log_address = ${join(folder, 'no-log')}`,
  ].join('\n');
}

function backendConfig(folder: string, name: string, port: number): string {
  return `${common(folder, port)}
devices = ${join(folder, 'srv')}
mount_check = false
fallocate_reserve = 0
recon_cache_path = ${folder}
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
`;
}

function proxyConfig(folder: string, port: number): string {
  const filters = [
    'catch_errors',
    'proxy_logging',
    'cache',
    'listing_formats',
    's3api',
    'tempauth',
    'bulk',
    'slo',
    'dlo',
  ];
  const pipeline = [...filters, 'symlink', 'versioned_writes', 'proxy_logging', 'proxy-server'].join(' ');
  const settings: Readonly<Record<string, string>> = {
    s3api: `location = ${REGION}\ns3_acl = false\n`,
    cache: 'memcache_servers = 127.0.0.1:1\n',
    tempauth: 'user_test_tester = testing .admin\n',
    versioned_writes: 'allow_versioned_writes = true\nallow_object_versioning = true\n',
  };
  const named: Readonly<Record<string, string>> = { cache: 'memcache' };
  const sections = [...filters, 'symlink', 'versioned_writes'].map(
    (name) => `[filter:${name}]\nuse = egg:swift#${named[name] ?? name}\n${settings[name] ?? ''}`,
  );
  return `${common(folder, port)}
[pipeline:main]
pipeline = ${pipeline}
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
${sections.join('')}`;
}

async function start(folder: string, program: string, config: string): Promise<ChildProcess> {
  const log = await open(join(folder, `${program}.log`), 'w');
  const child = spawn(program, [join(folder, config)], { cwd: folder, stdio: ['ignore', log.fd, log.fd] });
  child.once('exit', () => void log.close());
  return child;
}

async function untilReady(endpoint: string, children: readonly ChildProcess[]): Promise<void> {
  const deadline = Date.now() + START_DEADLINE_MS;
  for (;;) {
    if (children.some(({ exitCode }) => exitCode !== null))
      throw new Error('A server of Swift ended before it was ready');
    // Any answer to an unsigned request will do.
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer !== null) return;
    if (Date.now() > deadline) throw new Error(`Swift did not answer at ${endpoint} in ${START_DEADLINE_MS} ms`);
    await delay(100);
  }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
  await promise;
  clearTimeout(late);
}

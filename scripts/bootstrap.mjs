// Runs before every npm script on whatever Node the machine has (18 or newer, plain JavaScript): installs what the
// lockfile names when it is not there yet, and makes sure a Node that runs TypeScript sources answers as `node`.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const OLDEST_NODE_MAJOR = 24;
const root = fileURLToPath(new URL('..', import.meta.url));
const modules = join(root, 'node_modules');
const marker = join(modules, '.ashlar-install.json');
const withDevelopment = process.argv.includes('--dev');
const quiet = process.argv.includes('--quiet');

ensureInstalled();
ensureNode();

function ensureInstalled() {
  const lockHash = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = readMarker() ?? adoptManualInstall(lockHash);
  if (installed?.lockHash === lockHash && (installed.development || !withDevelopment)) return;

  const reason = installed === undefined ? 'first run' : 'the lockfile changed or tools are missing';
  say(`Installing dependencies from package-lock.json (${reason}) …`);
  const started = Date.now();
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  // No package that runs here needs its peers: one bundle of web pages names a server framework as its own.
  if (!withDevelopment) args.push('--omit=dev', '--omit=peer');
  const { status, error } = runNpm(args);
  if (status !== 0) {
    fail(
      `npm ${args.join(' ')} failed (${error?.message ?? `exit code ${status}`}).`,
      'Check that the npm registry can be reached and that this folder is writable, then run the command again.',
    );
  }
  writeFileSync(marker, `${JSON.stringify({ lockHash, development: withDevelopment })}\n`);
  say(`Installed in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
}

function readMarker() {
  try {
    return JSON.parse(readFileSync(marker, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Somebody ran `npm ci` or `npm install` by hand: take that install if it is as new as the lockfile. */
function adoptManualInstall(lockHash) {
  const hidden = join(modules, '.package-lock.json');
  if (!existsSync(hidden) || statSync(hidden).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
    return undefined;
  }
  const adopted = { lockHash, development: existsSync(join(modules, 'vitest')) };
  writeFileSync(marker, `${JSON.stringify(adopted)}\n`);
  return adopted;
}

function runNpm(args) {
  const options = { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] };
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /\.[cm]?js$/.test(cli)) return spawnSync(process.execPath, [cli, ...args], options);
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
}

/** npm puts node_modules/.bin first on PATH, so the script that follows runs on the Node from the lockfile. */
function ensureNode() {
  const shipped = join(modules, '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  if (existsSync(shipped)) {
    const answer = spawnSync(shipped, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
    if (answer.status === 0) return;
    // A shipped binary that cannot run here (musl, a missing library) would hide the machine's own Node.
    rmSync(shipped, { force: true });
    if (major(process.version) >= OLDEST_NODE_MAJOR) return;
    fail(
      `The Node that came with the dependencies does not start here: ${(answer.stderr || answer.error?.message || '').trim()}`,
      `Install the package libatomic1, or a Node ${OLDEST_NODE_MAJOR} or newer for this system, and run the command again.`,
    );
  }
  if (major(process.version) >= OLDEST_NODE_MAJOR) return;
  fail(
    `This machine has Node ${process.version} and npm holds no newer one for ${process.platform}-${process.arch}.`,
    `Install Node ${OLDEST_NODE_MAJOR} or newer and run the command again.`,
  );
}

function major(version) {
  return Number.parseInt(version.slice(1), 10);
}

function say(line) {
  if (!quiet) process.stderr.write(`${line}\n`);
}

function fail(found, remedy) {
  process.stderr.write(`\n${found}\n${remedy}\n`);
  process.exit(1);
}

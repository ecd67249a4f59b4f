// Everything that can be said of the sources without running them. The same command runs in CI.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const steps = [
  ['format', 'oxfmt', ['--check']],
  ['lint', 'oxlint', ['--type-aware', '--deny-warnings']],
  ['types', 'tsc', ['--project', '.']],
  ['types of pages', 'tsc', ['--project', 'apps/studio']],
  ['types of exports', 'tsc', ['--project', 'tsconfig.exports.json']],
  ['types of the grid', 'tsc', ['--project', 'packages/ui/browser']],
  ['unused code', 'knip', []],
  ['contracts', process.execPath, ['apps/server/src/contracts/main.ts', '--verify']],
  ['lockfile', process.execPath, ['scripts/check-lockfile.mjs']],
  ['workspaces', process.execPath, ['scripts/check-workspaces.mjs']],
];

const failed = [];
for (const [name, command, args] of steps) {
  const started = Date.now();
  process.stdout.write(`── ${name}\n`);
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (error !== undefined) process.stdout.write(`${error.message}\n`);
  if (status !== 0) failed.push(name);
  process.stdout.write(`   ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
if (failed.length > 0) {
  process.stdout.write(`\ncheck failed: ${failed.join(', ')}\n`);
  process.exitCode = 1;
}

// Runs every test once and ends with one plain line of counts, whatever the runner prints.
// With --again, the few files that failed run once more, alone: who fails twice is broken, who fails only beside
// others is unsteady, which is named in the last lines and is a bug to be found, but does not hide the rest.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** More than this many broken files is no unsteadiness, and is not worth a second look. */
const AGAIN_AT_MOST = 8;

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const asked = process.argv.slice(2).filter((argument) => argument !== '--again');
const mayRunAgain = process.argv.includes('--again');

const first = await run(asked);
const again = mayRunAgain && !first.ended && first.failedFiles.length > 0 && first.failedFiles.length <= AGAIN_AT_MOST;
if (again) process.stdout.write(`\nOnce more, alone: ${first.failedFiles.join(', ')}\n`);
const second = again ? await run([...first.failedFiles, '--maxWorkers=1', '--no-file-parallelism']) : undefined;

const failed = second === undefined ? first.failed : second.failed;
const passed = first.passed + (second === undefined ? 0 : Math.max(0, first.failed - second.failed));
const skipped = first.skipped > 0 ? `, ${first.skipped} skipped` : '';
if (second !== undefined && failed === 0) {
  for (const name of first.failures) process.stdout.write(`unsteady: ${name}\n`);
}
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped}\n`);
const sound = second === undefined ? first.sound : second.sound && !second.ended;
process.exitCode = sound && failed === 0 && passed > 0 ? 0 : 1;

/** One run of the runner. `ended` says that it was stopped from outside. */
async function run(args) {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-test-'));
  const report = join(folder, 'report.json');
  const child = spawn(
    process.execPath,
    [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const stop = (signal) => child.kill(signal);
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const { code, signal } = await new Promise((done) => {
    child.on('exit', (exitCode, endedBy) => done({ code: exitCode, signal: endedBy }));
  });
  process.off('SIGINT', stop).off('SIGTERM', stop);
  const counts = readCounts(report);
  rmSync(folder, { recursive: true, force: true });
  return { ...counts, sound: code === 0 && signal === null, ended: signal !== null || code === 130 };
}

/** A file that could not be loaded has no tests of its own, and still counts as one failure. */
function readCounts(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const failedFiles = testResults.filter(({ status }) => status === 'failed');
    const failures = failedFiles.flatMap(({ name, assertionResults }) => {
      const file = relative(process.cwd(), name);
      const tests = assertionResults.filter(({ status }) => status === 'failed');
      return tests.length === 0 ? [file] : tests.map(({ fullName }) => `${file} > ${fullName}`);
    });
    const brokenFiles = failures.length - numFailedTests;
    return {
      passed: numPassedTests,
      failed: numFailedTests + Math.max(0, brokenFiles),
      skipped: numPendingTests + numTodoTests,
      failedFiles: failedFiles.map(({ name }) => relative(process.cwd(), name)),
      failures,
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failedFiles: [], failures: [] };
  }
}

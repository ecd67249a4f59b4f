// `npm run contracts`: writes what the suites promise, and refuses to write what would break a promise.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import type { Suite } from '@ashlar/kernel';
import { compareVersions, describeChanges, formatVersion, nextVersion } from '@ashlar/registry';
import { suites } from '../suites.ts';
import { clientSource } from './client-source.ts';
import { contractsAt, contractsInFolder, type WrittenContracts } from './committed-contracts.ts';
import { type ContractFile, contractFiles, contractsFolder, ROUTES_FILE, VERSION_FILE } from './contract-files.ts';
import { judgeContracts, settleContracts } from './judge-contracts.ts';

const root = new URL('../../../../', import.meta.url);
const { values } = parseArgs({
  options: {
    /** Writes nothing; says what is out of date. */
    verify: { type: 'boolean', default: false },
    /** The commit whose promises are kept. */
    base: { type: 'string', default: 'HEAD' },
    /** Suites that may break theirs. */
    major: { type: 'string', multiple: true, default: [] },
  },
});
const say = (text: string): void => void process.stdout.write(`${text}\n`);

for (const suite of suites) {
  const files = contractFiles(suite);
  const isFine = values.verify ? verify(suite, files) : write(suite, files);
  if (!isFine) process.exitCode = 1;
}

function verify(suite: Suite, files: readonly ContractFile[]): boolean {
  const written = contractsInFolder(suite);
  const stale = [...outputs(suite, files)].filter(
    ([url, content]) => !existsSync(url) || readFileSync(url, 'utf8') !== content,
  );
  const gone = [...(written?.files.keys() ?? [])].filter((file) => !files.some((one) => one.file === file));
  if (written === null || stale.length > 0 || gone.length > 0) {
    const names = [...stale.map(([url]) => url.pathname.slice(root.pathname.length)), ...gone];
    say(`${suite.name}: ${names.join(', ')} out of date; run npm run contracts`);
    return false;
  }
  return keeps(suite, files, written);
}

/** Whether the version that is written down owns up to what has changed since the base. */
function keeps(suite: Suite, files: readonly ContractFile[], written: WrittenContracts): boolean {
  const since = contractsAt(values.base, suite, root);
  if (since === null) return true;
  const { changes, version } = judgeContracts(since, files);
  if (compareVersions(written.version, version) >= 0) return true;
  say(
    `${suite.name} ${formatVersion(written.version)} has to be ${formatVersion(version)}:\n${describeChanges(changes)}`,
  );
  return false;
}

function write(suite: Suite, files: readonly ContractFile[]): boolean {
  const written = contractsInFolder(suite);
  const since = contractsAt(values.base, suite, root) ?? written;
  const { changes, version, isRefused } = settleContracts(since, files, values.major.includes(suite.name));
  if (since !== null && isRefused) {
    say(`${suite.name} ${formatVersion(since.version)} would break its promises:\n\n${describeChanges(changes)}`);
    say(
      `Keep them, or make it ${formatVersion(nextVersion(since.version, 'major'))}: npm run contracts -- --major ${suite.name}`,
    );
    return false;
  }
  if (changes.length > 0) say(`${suite.name}:\n${describeChanges(changes)}`);
  const folder = contractsFolder(suite);
  mkdirSync(folder, { recursive: true });
  for (const [url, content] of outputs(suite, files)) writeFileSync(url, content);
  const about = { suite: suite.name, version: formatVersion(version) };
  writeFileSync(new URL(VERSION_FILE, folder), `${JSON.stringify(about, null, 2)}\n`);
  say(`${suite.name} ${about.version}`);
  return true;
}

/** Everything that is made of a suite's contracts, by where it is kept. */
function outputs(suite: Suite, files: readonly ContractFile[]): ReadonlyMap<URL, string> {
  const folder = contractsFolder(suite);
  const openApi = files.find(({ file }) => file === ROUTES_FILE)?.content ?? '{}';
  return new Map([
    ...files.map(({ file, content }) => [new URL(file, folder), content] as const),
    [new URL(`packages/sdk/src/generated/${suite.name}.ts`, root), clientSource(suite.name, openApi)] as const,
  ]);
}

import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestProject } from '@ashlar/testing';
import { expect, test } from 'vitest';
import { generateTypes } from './generate-types.ts';
import { loadSnapshot } from './load-snapshot.ts';
import { readProjectCatalogue } from './read-project-catalogue.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const NODE_MODULES = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));
const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const STRICT = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--skipLibCheck'];
const MODULES = ['--module', 'nodenext', '--moduleResolution', 'nodenext', '--allowImportingTsExtensions'];

test('a program with supabase-js type-checks against the generated types, and its mistakes do not', async () => {
  await using project = await createTestProject();
  await project.sql(await readFile(join(FIXTURES, 'society.sql'), 'utf8'));
  const snapshot = await loadSnapshot(readProjectCatalogue(project.database), { version: 1 });
  const types = generateTypes(snapshot, { schemas: ['public'] });
  expect(generateTypes(snapshot, { schemas: ['public'] })).toBe(types);

  // Below node_modules, so that the client package is found from there.
  await mkdir(join(NODE_MODULES, '.cache'), { recursive: true });
  const folder = await mkdtemp(join(NODE_MODULES, '.cache', 'ashlar-types-'));
  try {
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await writeFile(join(folder, 'society-types.ts'), types);
    await copyFile(join(FIXTURES, 'society-client.ts'), join(folder, 'society-client.ts'));
    const program = join(folder, 'society-client.ts');
    const options = ['--ignoreConfig', '--noEmit', '--target', 'es2024', '--types', 'node', ...STRICT, ...MODULES];
    const check = promisify(execFile)(process.execPath, [TSC, ...options, program]);
    await expect(check.catch((error: { stdout: string }) => error)).resolves.toMatchObject({ stdout: '' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@ashlar/testing';
import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, test } from 'vitest';

let server: RunningServer;
let folder: string;
const big = randomBytes(20_000_000);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ashlar-cp-'));
  server = await startServer({ environment: { ASHLAR_DEV: 'true' } });
  const client = createClient(server.url, server.serviceRoleKey, { auth: { persistSession: false } });
  await client.storage.createBucket('docs');
  await client.storage.createBucket('other');
  await mkdir(join(folder, 'site', 'deep', 'er'), { recursive: true });
  await writeFile(join(folder, 'site', 'index.html'), '<html></html>');
  await writeFile(join(folder, 'site', 'deep', 'er', 'empty.txt'), '');
  await writeFile(join(folder, 'site', 'big.bin'), big);
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function storage(...line: readonly string[]): Promise<string[]> {
  const { code, stdout, stderr } = await server.ashlar('storage', ...line);
  expect(code, stderr).toBe(0);
  return stdout.split('\n').filter((text) => text !== '');
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}

async function fails(...line: readonly string[]): Promise<string> {
  const { code, stderr } = await server.ashlar('storage', ...line);
  expect(code).not.toBe(0);
  return stderr;
}

test('a folder goes up, is listed, comes back as it was, and is removed', { timeout: 120_000 }, async () => {
  await storage('cp', '-r', join(folder, 'site'), 'ss:///docs/www');
  expect(await storage('ls')).toEqual(['docs/', 'other/']);
  expect(await storage('ls', 'ss:///docs/www/')).toEqual(['big.bin', 'deep/', 'index.html']);
  const all = ['www/big.bin', 'www/deep/er/empty.txt', 'www/index.html'];
  expect(await storage('ls', '-r', 'ss:///docs')).toEqual(all);
  await storage('cp', '-r', 'ss:///docs/www', join(folder, 'back'));
  const back = await readdir(join(folder, 'back'), { recursive: true });
  expect(back.toSorted()).toEqual(['big.bin', 'deep', 'deep/er', 'deep/er/empty.txt', 'index.html']);
  expect(md5(await readFile(join(folder, 'back', 'big.bin')))).toBe(md5(big));
  const rows = await server.sql<{ type: string }>(
    `select metadata ->> 'mimetype' as type from storage.objects where name = 'www/index.html'`,
  );
  expect(rows).toEqual([{ type: 'text/html' }]);

  await storage('cp', '-r', 'ss:///docs/www', 'ss:///other/copy/');
  await storage('cp', 'ss:///docs/www/index.html', 'ss:///other/');
  // Names in another case are others, whatever a listing says.
  await storage('cp', join(folder, 'site', 'index.html'), 'ss:///other/COPY/kept.html');
  expect(await fails('rm', '-r', 'ss:///other/copy')).toContain('needs a confirmation');
  await storage('rm', '-r', '-y', 'ss:///other/copy');
  expect(await storage('ls', '-r', 'ss:///other')).toEqual(['COPY/kept.html', 'index.html']);
  await storage('rm', 'ss:///other/index.html');
});

test('an anonymous key gets as far as its policies', async () => {
  const as = ['--url', server.url, '--key', server.anonKey];
  expect(await storage('ls', ...as)).toEqual([]);
  const file = join(folder, 'site', 'index.html');
  expect(await fails('cp', file, 'ss:///docs/x.html', ...as)).toContain('row-level security');
  expect(await fails('rm', 'ss:///docs/www/index.html', ...as)).toContain('no object');
  expect(await fails('ls', '--url', 'http://127.0.0.1:9', '--key', 'x')).toContain('Cannot reach');
});

test('what is no place, or not there, is said so', async () => {
  expect(await fails('ls', 'docs/x')).toContain('ss:///bucket');
  expect(await fails('ls', 'ss://docs/x')).toContain('ss:///bucket');
  expect(await fails('cp', 'a', 'b')).toContain('ss:///');
  expect(await fails('cp', 'ss:///docs/www', join(folder, 'x'))).toContain('no object');
  expect(await fails('cp', join(folder, 'site'), 'ss:///docs')).toContain('--recursive');
  expect(await fails('cp', join(folder, 'nothing'), 'ss:///docs')).toContain('Cannot read');
  expect(await fails('rm', 'ss:///docs')).toContain('--recursive');
});

test('the files of a resting instance are reached as well', { timeout: 120_000 }, async () => {
  await server.end('SIGTERM');
  const file = join(folder, 'site', 'index.html');
  await storage('cp', file, 'ss:///docs/resting.html');
  expect(await storage('ls', 'ss:///docs/rest')).toEqual(['resting.html']);
  await storage('cp', 'ss:///docs/resting.html', join(folder, 'resting.html'));
  expect(await readFile(join(folder, 'resting.html'), 'utf8')).toBe('<html></html>');
});

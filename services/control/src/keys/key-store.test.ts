import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noGivenKeys } from './given-keys.ts';
import { openKeyStore, type KeyStore } from './key-store.ts';

let parent = '';
let folder = '';

const open = (): KeyStore => openKeyStore({ folder, now: () => new Date('2026-01-02T03:04:05Z') });

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'ashlar-keys-'));
  folder = join(parent, 'keys');
});

afterEach(() => rm(parent, { recursive: true, force: true }));

test('secrets are made once and read back', async () => {
  const secrets = await open().instance();
  expect(await open().instance()).toEqual(secrets);
  expect(new Set(Object.values(secrets)).size).toBe(4);
});

test('processes that start together agree on the secrets', async () => {
  const [first, ...others] = await Promise.all(Array.from({ length: 10 }, () => open().instance()));
  for (const other of others) expect(other).toEqual(first);
  const [settled, ...rest] = await Promise.all(
    Array.from({ length: 10 }, () => open().settleProject('shop', noGivenKeys)),
  );
  for (const other of rest) expect(other).toEqual(settled);
  expect((await readdir(folder)).toSorted()).toEqual(['instance.json', 'shop.json']);
});

test('what a process left that was killed while it wrote is gone after the next start', async () => {
  await open().instance();
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  for (const writer of [gone, process.pid]) await writeFile(join(folder, `.${writer}.0123456789ab.tmp`), 'secret');
  await writeFile(join(folder, `.${process.ppid}.0123456789ab.tmp`), 'being written');
  await open().instance();
  expect((await readdir(folder)).toSorted()).toEqual([`.${process.ppid}.0123456789ab.tmp`, 'instance.json']);
});

test('files and folder are closed to others', async () => {
  await open().instance();
  await open().settleProject('shop', noGivenKeys);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'instance.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'shop.json'))).mode & 0o777).toBe(0o600);
});

test('a project without a file is unknown, and gone when removed', async () => {
  expect(await open().project('shop')).toBeNull();
  await open().settleProject('shop', noGivenKeys);
  expect((await open().project('shop'))?.logins.owner.user).toBe('shop_owner');
  await open().removeProject('shop');
  expect(await open().project('shop')).toBeNull();
});

test('given keys are written into the file, so that every process sees them', async () => {
  const before = await open().settleProject('shop', noGivenKeys);
  const secretKey = 'sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz';
  await open().settleProject('shop', { ...noGivenKeys, secretKey });
  const after = await open().project('shop');
  expect(after?.keys.secretKeys).toEqual([secretKey]);
  expect(after?.logins).toEqual(before.logins);
});

test('a rotation is kept, and a file from before there were any is read', async () => {
  const store = open();
  const before = await store.settleProject('shop', noGivenKeys);
  const text = await readFile(join(folder, 'shop.json'), 'utf8');
  await writeFile(join(folder, 'shop.json'), text.replace(/,\s*"rotation": null/, ''));
  const { kid, signsFrom } = await store.rotateProject('shop', { waitSeconds: 660, revoke: false });
  expect(signsFrom).toEqual(new Date('2026-01-02T03:15:05Z'));
  const after = await open().settleProject('shop', noGivenKeys);
  expect(after.keysChangeAt).toEqual(signsFrom);
  expect(after.keys).toMatchObject({ jwtSecret: before.keys.jwtSecret, signingKey: before.keys.signingKey });
  expect(after.keys.verifyKeys.map((key) => key.kid)).toEqual([before.keys.signingKey?.kid, kid]);
  await expect(store.rotateProject('none', { waitSeconds: 0, revoke: true })).rejects.toThrow('there is none');
});

test('a broken file is named without showing what it holds, and never replaced', async () => {
  await open().instance();
  const path = join(folder, 'shop.json');
  await writeFile(path, '{"keys": {"jwtSecret": "hush"}}');
  await expect(open().settleProject('shop', noGivenKeys)).rejects.toThrow(/shop\.json: wrong at keys\.anonKey$/);
  await writeFile(path, 'hush');
  await expect(open().project('shop')).rejects.toThrow(/shop\.json: it is not JSON$/);
  expect(await readFile(path, 'utf8')).toBe('hush');
});

// The superuser may write anywhere, so only another user can see this refusal.
test.skipIf(process.getuid?.() === 0)('a folder without rights is named', async () => {
  await chmod(parent, 0o500);
  await expect(open().instance()).rejects.toMatchObject({ code: 'control.key_file_unwritable' });
  await chmod(parent, 0o700);
});

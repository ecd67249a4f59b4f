import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startServer } from '@ashlar/testing';
import { expect, test } from 'vitest';

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

test('the first program of the README shows each person only their own', async () => {
  await using server = await startServer();
  expect(await server.ashlar('sql', '-f', path('todo.sql'))).toMatchObject({ code: 0, stderr: '' });
  const { stdout } = await promisify(execFile)(process.execPath, [path('todo.ts'), server.url, server.publishableKey]);
  expect(stdout).toBe(
    ["Ada sees [ 'write the first program', 'check it twice' ]", "Ibn sees [ 'draw a map' ]", ''].join('\n'),
  );
});

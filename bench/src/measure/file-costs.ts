import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance } from '../instance/instance.ts';
import { benchUser } from '../load/bench-user.ts';
import type { LoadRequest } from '../load/http-load.ts';
import { startBareFiles } from '../rivals/start-bare-files.ts';
import type { Effort } from './compare-scenario.ts';
import { type CpuPerRequest, cpuPerRequest } from './cpu.ts';
import { BUCKET, CLIENTS, MIB, SIGNERS } from './files.ts';

/** CPU time of what files are used for most, beside the bare server's and that of a row read through the same door. */
export async function measureFileCosts(
  instance: Instance,
  folder: string,
  effort: Effort,
): Promise<Readonly<Record<string, CpuPerRequest>>> {
  const { serviceRoleKey, anonKey, jwtSecret } = instance.keys.keys;
  const headers = { apikey: serviceRoleKey, 'x-upsert': 'true', 'content-type': 'application/octet-stream' };
  const json = { apikey: serviceRoleKey, 'content-type': 'application/json' };
  const storage = `${instance.url}/storage/v1`;
  await fetch(`${storage}/bucket`, { method: 'POST', headers: json, body: JSON.stringify({ name: BUCKET }) });
  const names = Array.from({ length: CLIENTS }, (_none, at) => `file-${at}`);
  const up = (prefix: string): LoadRequest[] =>
    names.map((name) => ({ method: 'POST', path: `${prefix}/${name}`, headers, body: MIB }));
  const down = (prefix: string): LoadRequest[] =>
    names.map((name) => ({ method: 'GET', path: `${prefix}/${name}`, headers: { apikey: serviceRoleKey } }));
  const ours = `/storage/v1/object/${BUCKET}`;
  const files = join(folder, 'bare-files');
  await mkdir(files, { recursive: true });
  const bare = await startBareFiles(files, join(folder, 'bare-files.log'));
  try {
    for (const { path } of up('')) {
      await fetch(`${bare.url}${path}`, { method: 'POST', body: MIB });
      await fetch(`${instance.url}${ours}${path}`, { method: 'POST', headers, body: MIB });
    }
    const sign = {
      method: 'POST',
      path: `/storage/v1/object/sign/${BUCKET}/file-0`,
      body: '{"expiresIn":60}',
    } as const;
    const { token } = benchUser(0, jwtSecret);
    const authorization = `Bearer ${token}`;
    const read = {
      method: 'GET',
      path: '/rest/v1/bench_todos?id=eq.0',
      headers: { apikey: anonKey, authorization },
    } as const;
    return {
      'upload of 1 MiB': await cpuPerRequest(instance, up(ours), effort, CLIENTS),
      'the same, bare': await cpuPerRequest(bare, up(''), effort, CLIENTS),
      'download of 1 MiB': await cpuPerRequest(instance, down(ours), effort, CLIENTS),
      'the same, bare ': await cpuPerRequest(bare, down(''), effort, CLIENTS),
      'address signed': await cpuPerRequest(instance, [{ ...sign, headers: json }], effort, SIGNERS),
      'row read': await cpuPerRequest(instance, [read], effort, SIGNERS),
    };
  } finally {
    await bare.stop();
  }
}

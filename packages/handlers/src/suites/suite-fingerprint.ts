import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Suite } from '@ashlar/kernel';

const known = new WeakMap<Suite, Promise<string>>();

/** Of everything a project is given with a suite: equal ones need no work. Reckoned once per process. */
export function suiteFingerprint(suite: Suite): Promise<string> {
  const found = known.get(suite) ?? reckon(suite);
  known.set(suite, found);
  return found;
}

async function reckon({ name, schema, permissions, roles, schedules, migrations }: Suite): Promise<string> {
  const times = schedules.map((schedule) => [schedule.name, schedule.cron]);
  const hash = createHash('sha256').update(JSON.stringify([name, schema, permissions, roles, times]));
  const folder = new URL(migrations.href.endsWith('/') ? migrations : `${migrations.href}/`);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted();
  for (const file of files) hash.update(`\0${file}\0`).update(await readFile(new URL(file, folder)));
  // What it promises is written down anew with each version.
  const contracts = await readFile(new URL('../contracts/contract.json', folder)).catch(() => '');
  return hash.update('\0contracts\0').update(contracts).digest('hex');
}

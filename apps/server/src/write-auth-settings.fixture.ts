import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '@ashlar/testing';

/** Far longer than a notification takes from one process of the instance to another. */
const HEARD_MS = 100;

/** Overrides a section of the account settings of the default project, or with null gives its defaults back. */
export async function writeAuthSettings(server: RunningServer, section: string, value: object | null): Promise<void> {
  const answer = await fetch(`${server.url}/auth/v1/admin/settings/${section}`, {
    method: value === null ? 'DELETE' : 'PUT',
    headers: { apikey: server.serviceRoleKey, authorization: `Bearer ${server.serviceRoleKey}` },
    ...(value === null ? {} : { body: JSON.stringify(value) }),
  });
  if (!answer.ok) throw new Error(`Settings of ${section}: ${answer.status} ${await answer.text()}`);
  await delay(HEARD_MS);
}

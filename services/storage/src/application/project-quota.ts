import type { Project } from '@ashlar/service';
import { asService } from '../adapters/database.ts';

/** Projects whose database knows what they may store; one object stands for one version of a project's settings. */
const settled = new WeakSet<Project>();

export function isSettled(project: Project): boolean {
  return settled.has(project);
}

/**
 * Tells the database what the project's settings let it hold: there it is kept in the transaction of every change. Once
 * per version of the settings, for every process learns of a change and all of them write the same.
 */
export async function settleQuota(project: Project): Promise<void> {
  const { quotaBytes, quotaObjects } = project.settings.storage;
  const values = [quotaBytes, quotaObjects].map((bound) => (bound === null ? null : String(bound)));
  await asService(project.database, 'select to_json(storage.service_set_quota($1, $2) is null)', values);
  settled.add(project);
}

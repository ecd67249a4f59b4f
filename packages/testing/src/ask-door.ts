/** Where test workers ask for what a run has once; set by the runner's global setup, inherited by its workers. */
export const DOOR_VARIABLE = 'ASHLAR_TEST_DOOR';

/** What stands behind the door: a PostgreSQL for all files, and the folder of an instance that was started once. */
export type Shared = 'cluster' | 'instance';

/** @returns What the run's setup tells of a shared thing, or undefined where no runner has opened a door. */
export async function askDoor(what: Shared): Promise<unknown> {
  const door = process.env[DOOR_VARIABLE];
  if (door === undefined) return undefined;
  const response = await fetch(new URL(what, door));
  if (!response.ok) throw new Error(`The tests' ${what} could not be made: ${await response.text()}`);
  return response.json();
}

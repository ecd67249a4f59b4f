import type { Project } from '@ashlar/service';
import type { FollowedProjects } from '../changes/followed-projects.ts';
import type { Channel } from '../channel/channel.ts';
import type { JoinRequest } from '../wire/join-request.ts';
import { settleSubscriptions } from './settle-subscriptions.ts';

const NO_CHANGES = 'Changes of tables are not captured on this server';

/**
 * Subscribes a channel to the tables its client asked for. What can be had of it is had, even if something cannot.
 *
 * @param waitMs How long it may take before it is given up as a whole; null for as long as it takes.
 * @returns What is wrong, for the client; null once every change from now on will be told.
 * @throws When the database is away.
 */
export async function followTables(
  project: Project,
  projects: FollowedProjects,
  channel: Channel,
  request: JoinRequest,
  waitMs: number | null,
): Promise<string | null> {
  const work = subscribe(project, projects, channel, request);
  if (waitMs === null) return work;
  const timeout = Promise.withResolvers<string>();
  const timer = setTimeout(
    () => timeout.resolve(`PostgresChangesSubscribeTimeout: Changes were not captured within ${waitMs} ms`),
    waitMs,
  );
  try {
    const fault = await Promise.race([work, timeout.promise]);
    return fault === null || fault.startsWith('PostgresChanges') ? fault : `RealtimeDisabledForConfiguration: ${fault}`;
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}

async function subscribe(
  project: Project,
  projects: FollowedProjects,
  channel: Channel,
  { changes, resume }: JoinRequest,
): Promise<string | null> {
  const followed = await projects.follow(project);
  if (followed === null) return NO_CHANGES;
  const { delivery } = followed;
  const { subscriptions, faults } = await settleSubscriptions(project, delivery.catalogue, channel.caller, changes);
  if (subscriptions.length > 0) {
    const { since, release } = await followed.hold(subscriptions);
    channel.whenOver(release);
    const end = await delivery.catalogue.end();
    channel.whenOver(delivery.subscribe(channel, subscriptions, { resume, end, since }));
  }
  return faults[0] ?? null;
}

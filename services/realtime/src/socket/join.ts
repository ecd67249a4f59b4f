import type { Grants } from '../access/authorizer.ts';
import { recentMessages } from '../changes/recent-messages.ts';
import { changeId } from '../table-changes/settle-subscriptions.ts';
import { followTables } from '../table-changes/follow-tables.ts';
import { Channel } from '../channel/channel.ts';
import { Outgoing } from '../channel/outgoing.ts';
import { TOPIC_PREFIX } from '../channel/rooms.ts';
import type { ClientFrame } from '../wire/frame.ts';
import { type JoinRequest, readJoinRequest } from '../wire/join-request.ts';
import type { Connection } from './connection.ts';
import type { RealtimeParts } from './parts.ts';

export type Joined =
  | {
      readonly channel: Channel;
      readonly response: object;
      /** Runs when the client has its answer. */
      readonly afterwards: () => void;
    }
  | { readonly reason: string };

/** Names that mean something else on this wire. */
const RESERVED_NAME = 'realtime';

/**
 * Lets a client into a channel, or says why not.
 *
 * @param isWanted False once the client has gone or asked anew; then nothing is entered and null comes back.
 */
export async function join(
  connection: Connection,
  parts: RealtimeParts,
  frame: ClientFrame,
  isWanted: () => boolean,
): Promise<Joined | null> {
  const { topic } = frame;
  const { project } = connection;
  const name = topic.startsWith(TOPIC_PREFIX) ? topic.slice(TOPIC_PREFIX.length) : '';
  const request = readJoinRequest(frame.payload);
  const refusal = refuse(connection, parts, name, request);
  let entered: Channel | null = null;
  try {
    await parts.tokens.ready(project);
    if (!isWanted()) return null;
    if (refusal !== null || 'reason' in request) {
      return { reason: refusal ?? ('reason' in request ? request.reason : '') };
    }
    const admitted = connection.admit(request.token);
    if ('code' in admitted) return { reason: `${admitted.code}: ${admitted.message}` };
    const grants = request.isPrivate ? (await parts.authorizer.check(project, name, [admitted.caller]))[0] : null;
    if (!isWanted()) return null;
    if (grants === undefined || isShutOut(grants)) {
      return { reason: `Unauthorized: You do not have permissions to read from this Channel topic: ${name}` };
    }
    const channel = new Channel({
      outlet: connection,
      topic,
      joinRef: frame.joinRef ?? frame.ref,
      request,
      admitted,
      grants,
      room: parts.rooms.open(project, name, request.isPrivate),
      limits: parts.limits,
      now: parts.now,
    });
    entered = channel;
    channel.whenOver(parts.followed.hold(project.ref));
    if (request.waitsForChanges && request.changes.length > 0) {
      const fault = await followTables(connection.project, parts.followed, channel, request, request.waitMs);
      if (fault !== null || !isWanted()) channel.leave();
      if (!isWanted()) return null;
      if (fault !== null) return { reason: fault };
    }
    return {
      channel,
      response: { postgres_changes: request.changes.map((change) => ({ id: changeId(change), ...change.entry })) },
      afterwards: () => void welcome(connection, parts, channel, request),
    };
  } catch {
    entered?.leave();
    if (!isWanted()) return null;
    return { reason: "DatabaseLackOfConnections: Database can't accept more connections, Realtime won't connect" };
  }
}

function refuse(
  connection: Connection,
  parts: RealtimeParts,
  name: string,
  request: ReturnType<typeof readJoinRequest>,
): string | null {
  if (name === '' || name === RESERVED_NAME) return 'TopicNameRequired: You must provide a topic name';
  if (connection.channelCount >= parts.limits.channels) return 'ChannelRateLimitReached: Too many channels';
  if (!parts.quotas.takeJoin(connection.project.ref)) return 'ClientJoinRateLimitReached: Too many joins per second';
  if ('reason' in request) return request.reason;
  if (!request.isPrivate && !parts.publicChannels) {
    return 'PrivateOnly: This project only allows private channels';
  }
  return null;
}

function isShutOut(grants: Grants | null): boolean {
  return grants !== null && !grants.read.broadcast && !grants.read.presence;
}

/** What a client is told once it is in. */
async function welcome(
  connection: Connection,
  parts: RealtimeParts,
  channel: Channel,
  request: JoinRequest,
): Promise<void> {
  channel.sendPresenceState();
  const { project } = connection;
  try {
    const followed = await parts.followed.follow(project);
    if (followed !== null && request.wantsReplication) {
      channel.system('system', 'ok', 'Replication connection established');
    }
    if (request.changes.length > 0) await welcomeToTables(connection, parts, channel, request);
  } catch {
    channel.system('system', 'error', 'What is committed in the database does not arrive: it cannot be read');
  }
  if (request.replay === null) return;
  try {
    const messages = await recentMessages(connection.project, channel.name, request.replay);
    for (const message of messages) channel.receive(Outgoing.broadcast(message));
  } catch {
    channel.system('system', 'error', 'UnableToReplayMessages: The stored messages cannot be read');
  }
}

async function welcomeToTables(
  { project }: Connection,
  { followed }: RealtimeParts,
  channel: Channel,
  request: JoinRequest,
): Promise<void> {
  const fault = request.waitsForChanges ? null : await followTables(project, followed, channel, request, null);
  if (fault === null) channel.system('postgres_changes', 'ok', 'Subscribed to PostgreSQL');
  else channel.system('postgres_changes', 'error', fault);
}

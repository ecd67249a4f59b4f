import type { Projects } from '@ashlar/service';
import type { Authorizer } from '../access/authorizer.ts';
import type { TokenVerifier } from '../access/token-verifier.ts';
import type { Rooms } from '../channel/rooms.ts';
import type { FollowedProjects } from '../changes/followed-projects.ts';
import type { RealtimeLimits } from '../limits.ts';
import type { Quotas } from './quotas.ts';

/** What all connections of the process share. */
export interface RealtimeParts {
  readonly projects: Pick<Projects, 'peek'>;
  readonly tokens: TokenVerifier;
  readonly authorizer: Authorizer;
  readonly rooms: Rooms;
  readonly quotas: Quotas;
  readonly followed: FollowedProjects;
  readonly limits: RealtimeLimits;
  /** False: channels have to be private. */
  readonly publicChannels: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

import type { Bus } from '@ashlar/bus';
import { doorFailureOf, type ProjectLogs, type Projects, sendRendered, type Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import { batchChecks } from './access/batch-checks.ts';
import { postgresAuthorizer } from './access/postgres-authorizer.ts';
import type { TokenVerifier } from './access/token-verifier.ts';
import { Rooms } from './channel/rooms.ts';
import { FollowedProjects } from './changes/followed-projects.ts';
import { PartitionKeeper } from './changes/partition-keeper.ts';
import { realtimeContract } from './contract.ts';
import { DEFAULT_REALTIME_LIMITS, type RealtimeLimits } from './limits.ts';
import { Peers } from './peers/peers.ts';
import { addBroadcastRoutes } from './routes/broadcast-routes.ts';
import { addWebsocketRoute } from './routes/websocket-route.ts';
import { Connections } from './socket/connections.ts';
import type { RealtimeParts } from './socket/parts.ts';
import { Quotas } from './socket/quotas.ts';

export interface RealtimeOptions {
  readonly observe: Observe;
  /** A project's keys may change while its clients are connected; here it is as it is now. */
  readonly projects: Pick<Projects, 'peek'>;
  readonly tokens: TokenVerifier;
  /** Without it neither changes of tables nor messages sent from the database reach anybody. */
  readonly logs?: Pick<ProjectLogs, 'listen'>;
  /** Where it reaches other processes, rooms are shared with them. */
  readonly bus?: Bus;
  readonly limits?: Partial<RealtimeLimits>;
  /** Default true. */
  readonly publicChannels?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** The realtime service: channels of the clients that are connected to this process. */
export function createRealtime(options: RealtimeOptions): Service {
  const { observe, projects, tokens, now = Date.now } = options;
  const limits = { ...DEFAULT_REALTIME_LIMITS, ...options.limits };
  const authorizer = batchChecks(postgresAuthorizer);
  const quotas = new Quotas(limits, now);
  const peers = options.bus?.isShared === true ? new Peers({ bus: options.bus, usage: quotas }) : null;
  const rooms = new Rooms(authorizer, peers);
  const followed = new FollowedProjects({
    logs: options.logs ?? null,
    projects,
    rooms,
    observe,
    bounds: limits.keptChanges,
    lingerMs: limits.lingerMs,
    now,
  });
  const parts: RealtimeParts = {
    projects,
    tokens,
    authorizer,
    rooms,
    quotas,
    followed,
    limits,
    publicChannels: options.publicChannels ?? true,
    now,
  };
  const connections = new Connections(parts);
  const partitions = new PartitionKeeper(observe, now);
  return {
    contract: realtimeContract,
    routes: (app) => {
      app.setErrorHandler((error, request, reply) => {
        const failure = doorFailureOf(error);
        if (failure.kind === 'internal') {
          const { requestId, trace } = request.ashlar;
          observe({ kind: 'request.failed', requestId, traceId: trace.traceId, service: realtimeContract.name, error });
        }
        return sendRendered(reply, realtimeContract.fail(failure, request));
      });
      app.addHook('onRequest', async ({ ashlar }) => partitions.due(ashlar.project));
      // A listener that closes waits for its sockets, and these would stay.
      app.addHook('preClose', (done) => {
        connections.shut();
        done();
      });
      addWebsocketRoute(app, parts, connections);
      addBroadcastRoutes(app, parts);
    },
    close: async () => {
      connections.shut();
      followed.close();
      peers?.close();
      await partitions.close();
    },
  };
}

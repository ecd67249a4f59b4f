import { DEFAULT_PROJECT, type Caller } from '@ashlar/service';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Actor, inProject } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { controlErrors } from '../control-errors.ts';
import { isLooking, operationOfCall } from '../domain/account-calls.ts';
import type { ProjectOperation } from '../domain/roles.ts';
import { actorOf } from './actor-of.ts';
import { projectPath } from './project-routes.ts';
import { readParams } from './read-input.ts';

/** Routes of the service that keeps the accounts of projects, for callers it takes for administrators of the project. */
export interface AccountAdministration {
  /** Adds them to an app on which `request.ashlar` names project and caller before their handlers run. */
  readonly routes: (app: FastifyInstance) => void;
}

interface AccountRouteOptions {
  readonly administration: AccountAdministration;
  readonly publicUrl: string | null;
}

/** What was let through and changes something, until it is answered. */
interface Admitted {
  readonly actor: Actor;
  readonly ref: string;
  readonly operation: ProjectOperation;
  readonly call: string;
}

const PREFIX = '/projects/:ref/auth';
/** Of members and their names in the log. */
const MAX_LOGGED_MEMBERS = 30;
const MAX_LOGGED_LENGTH = 1_000;

/**
 * The accounts of a project, for members of the instance. Each call is judged by the role its maker has at this moment,
 * and made for them here: no key and no token of the project reaches them, so nothing is left of a role that was taken
 * away. The log says that a change was asked for before it is made, and then if it was refused.
 */
export function addAccountRoutes(
  app: FastifyInstance,
  parts: ControlParts,
  { administration, publicUrl }: AccountRouteOptions,
): void {
  const admitted = new WeakMap<FastifyRequest, Admitted>();
  void app.register(
    (scope, _options, done) => {
      scope.addHook('preHandler', async (request) => {
        const found = await admit(parts, request, patternOf(request, scope.prefix));
        if (!isLooking(found.operation)) {
          await note(parts, found, found.operation, targetOf(request), detailOf(request));
          admitted.set(request, found);
        }
        const { project } = await parts.projects.open(found.ref);
        const base = publicUrl?.replace(/\/+$/, '') ?? request.ashlar.publicUrl;
        request.ashlar = {
          ...request.ashlar,
          project,
          caller: administratorFor(found.actor),
          publicUrl: found.ref === DEFAULT_PROJECT ? base : `${base}/p/${found.ref}`,
        };
      });
      scope.addHook('onSend', async (request, reply) => {
        const found = admitted.get(request);
        if (found === undefined || reply.statusCode < 400) return;
        await note(parts, found, `${found.operation}-refused`, targetOf(request), { status: reply.statusCode });
      });
      administration.routes(scope);
      done();
    },
    { prefix: PREFIX },
  );
}

/** @throws {AshlarError} `control.route_unknown`, `control.unauthenticated` and those of `inProject`. */
async function admit(parts: ControlParts, request: FastifyRequest, pattern: string): Promise<Admitted> {
  const actor = await actorOf(parts, request);
  const { ref } = readParams(request, projectPath);
  const { method } = request;
  const operation = operationOfCall(method, pattern);
  if (operation === null) throw controlErrors.routeUnknown({ method, path: request.url.split('?', 1)[0] ?? '' });
  await parts.inTransaction((stores) => inProject(stores, actor, ref, operation));
  return { actor, ref, operation, call: `${method} ${pattern}` };
}

/** Still in the transaction of a role that allows it. */
function note(
  parts: ControlParts,
  { actor, ref, operation, call }: Admitted,
  action: string,
  target: string | null,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  return parts.inTransaction(async (stores) => {
    if (action === operation) await inProject(stores, actor, ref, operation);
    const entry = { action, organisationId: null, projectRef: ref, target, detail: { call, ...detail } };
    await stores.audit.add(entry, actor.author);
  });
}

/** Its claims name the person, for the trail of the project and for tokens in somebody's name. */
function administratorFor({ accountId, email }: Actor): Caller {
  const claims = { role: 'service_role', sub: accountId, email };
  return { role: claims.role, claims, claimsJson: JSON.stringify(claims), via: 'token' };
}

function patternOf({ routeOptions }: FastifyRequest, prefix: string): string {
  const { url = '' } = routeOptions;
  return url.startsWith(prefix) ? url.slice(prefix.length) : '';
}

/** Whom or what it is done to. */
function targetOf({ params }: FastifyRequest): string | null {
  // The patterns of the routes put them there.
  const { id, user_id: user, section } = params as Readonly<Record<string, string | undefined>>;
  return (id ?? user ?? section)?.slice(0, 100) ?? null;
}

/** Names of what is changed and never the values, which may be passwords; of acting in a name, why and how long. */
function detailOf(request: FastifyRequest): Readonly<Record<string, unknown>> {
  const body = bodyOf(request);
  const { reason, minutes } = body;
  const members = Object.keys(body)
    .slice(0, MAX_LOGGED_MEMBERS)
    .map((name) => name.slice(0, 100));
  return {
    ...(members.length === 0 ? {} : { members }),
    ...(typeof reason === 'string' ? { reason: loggable(reason) } : {}),
    ...(typeof minutes === 'number' ? { minutes } : {}),
  };
}

function bodyOf({ body }: FastifyRequest): Readonly<Record<string, unknown>> {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    // The route will say what is wrong with it.
    return {};
  }
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair. */
function loggable(text: string): string {
  return text.slice(0, MAX_LOGGED_LENGTH).toWellFormed().replaceAll('\0', '');
}

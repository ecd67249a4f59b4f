import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { actorIn } from '../../application/organisations/organisation-actor.ts';
import type { BranchInput } from '../../application/place-store.ts';
import type { Stores } from '../../application/stores.ts';
import type { IdentityParts } from '../../application/visit.ts';
import { identityErrors } from '../../domain/identity-errors.ts';
import { visitOf } from '../visit-of.ts';
import { renderBranch, renderTeam } from './organisation-documents.ts';
import { callerOf, idOf, plainText, readStrict, texts, timezone } from './read-organisation.ts';

const Branch = z.strictObject({
  code: plainText(32),
  name: texts,
  address: z.record(z.string().max(50), z.string().max(500)).default({}),
  timezone: timezone.nullish(),
  cost_centre: plainText(64).nullish(),
});
const Team = z.strictObject({ name: plainText(100) });
const TeamMembers = z.strictObject({ members: z.array(z.uuid()).max(1000) });

const BRANCHES = '/organisations/:id/branches';
const TEAMS = '/organisations/:id/teams';

/** Branches and teams: plain reference data of an organisation. */
export function addPlaceRoutes(app: FastifyInstance, parts: IdentityParts): void {
  /** Runs for a caller who may see the organisation, or with `change` may change it, with the organisation's id. */
  const within = <Result>(
    request: FastifyRequest,
    right: 'see' | 'change',
    run: (stores: Stores, id: string) => Promise<Result>,
  ): Promise<Result> =>
    parts.inTransaction(visitOf(request), async (stores) => {
      const id = idOf(request, 'id');
      const permission = right === 'see' ? null : 'identity.organisation';
      await actorIn(stores, callerOf(request), id, permission, parts.now(), right === 'see' ? 'read' : 'lock');
      return run(stores, id);
    });

  app.get(BRANCHES, async (request) => {
    const branches = await within(request, 'see', ({ places }, id) => places.branches(id));
    return { branches: branches.map(renderBranch) };
  });

  app.post(BRANCHES, async (request, reply) => {
    const input = readBranch(request);
    const id = await within(request, 'change', ({ places }, org) => places.addBranch(org, input, parts.now()));
    if (id === null) throw identityErrors.branchTaken({ code: input.code });
    return reply.code(201).send({ id });
  });

  app.put(`${BRANCHES}/:branch`, async (request, reply) => {
    const input = readBranch(request);
    const branch = idOf(request, 'branch');
    const done = await within(request, 'change', ({ places }, org) =>
      places.updateBranch(org, branch, input, parts.now()),
    );
    if (done === 'taken') throw identityErrors.branchTaken({ code: input.code });
    if (done === 'unknown') throw identityErrors.branchNotFound();
    return reply.code(204).send();
  });

  // Archived and not removed: scopes, documents and ledgers keep naming it.
  app.delete(`${BRANCHES}/:branch`, async (request, reply) => {
    const branch = idOf(request, 'branch');
    const archived = await within(request, 'change', ({ places }, org) =>
      places.archiveBranch(org, branch, parts.now()),
    );
    if (!archived) throw identityErrors.branchNotFound();
    return reply.code(204).send();
  });

  app.get(TEAMS, async (request) => {
    const teams = await within(request, 'see', ({ places }, id) => places.teams(id));
    return { teams: teams.map(renderTeam) };
  });

  app.post(TEAMS, async (request, reply) => {
    const { name } = readStrict(request, Team);
    const id = await within(request, 'change', ({ places }, org) => places.addTeam(org, name, parts.now()));
    if (id === null) throw identityErrors.teamTaken({ name });
    return reply.code(201).send({ id });
  });

  app.put(`${TEAMS}/:team/members`, async (request, reply) => {
    const { members } = readStrict(request, TeamMembers);
    const team = idOf(request, 'team');
    const set = await within(request, 'change', ({ places }, org) => places.setTeamMembers(org, team, members));
    if (!set) throw identityErrors.teamNotFound();
    return reply.code(204).send();
  });

  app.delete(`${TEAMS}/:team`, async (request, reply) => {
    const team = idOf(request, 'team');
    const removed = await within(request, 'change', ({ places }, org) => places.removeTeam(org, team));
    if (!removed) throw identityErrors.teamNotFound();
    return reply.code(204).send();
  });
}

function readBranch(request: FastifyRequest): BranchInput {
  const { code, name, address, timezone: zone, cost_centre: costCentre } = readStrict(request, Branch);
  return { code, name, address, timezone: zone ?? null, costCentre: costCentre ?? null };
}

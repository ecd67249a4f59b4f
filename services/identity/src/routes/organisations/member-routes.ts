import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { acceptInvitation, invite, revokeInvitation } from '../../application/organisations/invite.ts';
import {
  addMember,
  assignRole,
  removeMember,
  revokeRole,
  setMemberStatus,
  transferOwnership,
} from '../../application/organisations/manage-members.ts';
import { actorIn, inForce } from '../../application/organisations/organisation-actor.ts';
import type { IdentityParts } from '../../application/visit.ts';
import { readEmail } from '../read-address.ts';
import { optionalText } from '../read-body.ts';
import { queryText, visitOf } from '../visit-of.ts';
import { renderInvitation, renderMember, renderOrganisation } from './organisation-documents.ts';
import { callerOf, idOf, readStrict, scope, userOf } from './read-organisation.ts';

const roleKey = z.string().min(1).max(63);
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const Assignment = z.strictObject({ role: roleKey, scope: scope.default({}), valid_until: instant.nullish() });
const Status = z.strictObject({ status: z.enum(['active', 'disabled']) });
const Invitation = z.strictObject({
  email: z.string().max(320),
  grants: z
    .array(z.strictObject({ role: roleKey, scope: scope.default({}) }))
    .min(1)
    .max(20),
  redirect_to: optionalText,
});
const Acceptance = z.strictObject({ token: z.string().min(16).max(200) });
const Transfer = z.strictObject({ member: z.uuid() });

const MEMBERS = '/organisations/:id/members';
const INVITATIONS = '/organisations/:id/invitations';

/** Who belongs to an organisation, with which roles, and how they come and go. */
export function addMemberRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get(MEMBERS, async (request) => {
    const members = await parts.inTransaction(visitOf(request), async (stores) => {
      await actorIn(stores, callerOf(request), idOf(request, 'id'), 'identity.read', parts.now());
      return stores.organisations.members(idOf(request, 'id'));
    });
    return { members: members.map(renderMember) };
  });

  /** Who holds a role, for the review of access. */
  app.get('/organisations/:id/access-review', async (request) => {
    const now = parts.now();
    const role = queryText(request, 'role');
    const members = await parts.inTransaction(visitOf(request), async (stores) => {
      await actorIn(stores, callerOf(request), idOf(request, 'id'), 'identity.audit', now);
      return stores.organisations.members(idOf(request, 'id'));
    });
    const holds = members.filter(({ assignments }) => inForce(assignments, now).some((held) => held.roleKey === role));
    return { role, members: holds.map(renderMember) };
  });

  app.patch(`${MEMBERS}/:member`, async (request, reply) => {
    const { status } = readStrict(request, Status);
    await setMemberStatus(
      parts,
      visitOf(request),
      callerOf(request),
      idOf(request, 'id'),
      idOf(request, 'member'),
      status,
    );
    return reply.code(204).send();
  });

  app.delete(`${MEMBERS}/:member`, async (request, reply) => {
    await removeMember(parts, visitOf(request), callerOf(request), idOf(request, 'id'), idOf(request, 'member'));
    return reply.code(204).send();
  });

  app.post(`${MEMBERS}/:member/roles`, async (request, reply) => {
    const body = readStrict(request, Assignment);
    const grant = {
      memberId: idOf(request, 'member'),
      role: body.role,
      scope: body.scope,
      validUntil: body.valid_until ?? null,
    };
    const id = await assignRole(parts, visitOf(request), callerOf(request), idOf(request, 'id'), grant);
    return reply.code(201).send({ id });
  });

  app.delete(`${MEMBERS}/:member/roles/:assignment`, async (request, reply) => {
    const [id, member, assignment] = [idOf(request, 'id'), idOf(request, 'member'), idOf(request, 'assignment')];
    await revokeRole(parts, visitOf(request), callerOf(request), id, member, assignment);
    return reply.code(204).send();
  });

  app.post('/organisations/:id/transfer', async (request, reply) => {
    const { member } = readStrict(request, Transfer);
    await transferOwnership(parts, visitOf(request), callerOf(request), idOf(request, 'id'), member);
    return reply.code(204).send();
  });

  app.get(INVITATIONS, async (request) => {
    const invitations = await parts.inTransaction(visitOf(request), async (stores) => {
      await actorIn(stores, callerOf(request), idOf(request, 'id'), 'identity.read', parts.now());
      return stores.organisations.invitations(idOf(request, 'id'));
    });
    return { invitations: invitations.map(renderInvitation) };
  });

  app.post(INVITATIONS, async (request, reply) => {
    const body = readStrict(request, Invitation);
    const input = { email: readEmail(body.email), grants: body.grants, redirectTo: body.redirect_to };
    const made = await invite(parts, visitOf(request), callerOf(request), idOf(request, 'id'), input);
    return reply.code(201).send({ ...renderInvitation(made.invitation), look_alikes: made.lookAlikes });
  });

  app.delete(`${INVITATIONS}/:invitation`, async (request, reply) => {
    const [id, invitation] = [idOf(request, 'id'), idOf(request, 'invitation')];
    await revokeInvitation(parts, visitOf(request), callerOf(request), id, invitation);
    return reply.code(204).send();
  });

  app.post('/organisations/invitations/accept', async (request) => {
    const { token } = readStrict(request, Acceptance);
    const { organisation, memberId } = await acceptInvitation(parts, visitOf(request), userOf(request), token);
    return { organisation: renderOrganisation(organisation), member_id: memberId };
  });

  // An administrator of the project puts the first people into an organisation.
  app.post(MEMBERS, async (request, reply) => {
    const body = readStrict(request, z.strictObject({ user_id: z.uuid(), role: roleKey.default('member') }));
    const id = await addMember(
      parts,
      visitOf(request),
      callerOf(request),
      idOf(request, 'id'),
      body.user_id,
      body.role,
    );
    return reply.code(201).send({ id });
  });
}

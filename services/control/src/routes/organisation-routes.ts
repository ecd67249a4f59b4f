import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { inOrganisation, permitScope } from '../application/authorise.ts';
import type { ControlParts } from '../application/control-parts.ts';
import { acceptInvitation, invite, revokeInvitation } from '../application/invitations.ts';
import { changeMember, createOrganisation, removeMember, renameOrganisation } from '../application/organisations.ts';
import { answerForm, isForm } from './answer-form.ts';
import { acceptedFace, invitationFace, PAGE_HEADERS } from './pages.ts';
import { actorOf, originOf, sessionAccount } from './actor-of.ts';
import { email, name, password, projectRef, readBody, readParams, role, token, uuid } from './read-input.ts';

const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/);
const inOrganisationPath = z.object({ id: uuid });
const memberPath = z.object({ id: uuid, account: uuid });
const invitationPath = z.object({ id: uuid, invitation: uuid });

/** A form without any script that accepts an invitation, for installations without Studio. */
export const PLAIN_INVITATION_PATH = '/control/v1/invitations/accept';

/** @param invitationPage Where the link of an invitation leads. */
export function addOrganisationRoutes(
  app: FastifyInstance,
  parts: ControlParts,
  invitationPage: (request: FastifyRequest) => string,
): void {
  app.get('/account', async (request) => {
    const { accountId, email: address, scopes } = await actorOf(parts, request);
    const organisations = await parts.inTransaction((stores) => stores.organisations.ofAccount(accountId));
    return { id: accountId, email: address, scopes, organisations };
  });

  app.get('/organisations', async (request) => {
    const actor = await actorOf(parts, request);
    permitScope(actor, 'organisations:read');
    return parts.inTransaction((stores) => stores.organisations.ofAccount(actor.accountId));
  });

  app.post('/organisations', async (request, reply) => {
    const input = readBody(request, z.strictObject({ name, slug: slug.nullable().default(null) }));
    return reply.code(201).send(await createOrganisation(parts, await actorOf(parts, request), input));
  });

  app.get('/organisations/:id', async (request) => {
    const { id } = readParams(request, inOrganisationPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      const found = await inOrganisation(stores, actor, id, 'organisation.read');
      return { ...found.organisation, role: found.role };
    });
  });

  app.patch('/organisations/:id', async (request) => {
    const { id } = readParams(request, inOrganisationPath);
    const input = readBody(request, z.strictObject({ name }));
    return renameOrganisation(parts, await actorOf(parts, request), id, input.name);
  });

  app.get('/organisations/:id/members', async (request) => {
    const { id } = readParams(request, inOrganisationPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      await inOrganisation(stores, actor, id, 'member.list');
      return stores.organisations.members(id);
    });
  });

  app.patch('/organisations/:id/members/:account', async (request) => {
    const { id, account } = readParams(request, memberPath);
    const input = readBody(request, z.strictObject({ role }));
    return changeMember(parts, await actorOf(parts, request), id, account, input.role);
  });

  app.delete('/organisations/:id/members/:account', async (request, reply) => {
    const { id, account } = readParams(request, memberPath);
    await removeMember(parts, await actorOf(parts, request), id, account);
    return reply.code(204).send();
  });

  app.get('/organisations/:id/invitations', async (request) => {
    const { id } = readParams(request, inOrganisationPath);
    const actor = await actorOf(parts, request);
    return parts.inTransaction(async (stores) => {
      await inOrganisation(stores, actor, id, 'invitation.list');
      return stores.organisations.invitations(id);
    });
  });

  app.post('/organisations/:id/invitations', async (request, reply) => {
    const { id } = readParams(request, inOrganisationPath);
    const input = readBody(request, z.strictObject({ email, role, project_ref: projectRef.nullable().default(null) }));
    const { project_ref: ref, ...rest } = input;
    const address = invitationPage(request);
    const urlOf = (given: string): string => `${address}?token=${given}`;
    const actor = await actorOf(parts, request);
    const { invitation, token: shown } = await invite(parts, actor, id, { ...rest, projectRef: ref, urlOf });
    const link = shown === null ? {} : { token: shown, link: urlOf(shown) };
    return reply.code(201).send({ ...invitation, accept_url: address, ...link });
  });

  app.delete('/organisations/:id/invitations/:invitation', async (request, reply) => {
    const { id, invitation } = readParams(request, invitationPath);
    await revokeInvitation(parts, await actorOf(parts, request), id, invitation);
    return reply.code(204).send();
  });

  // Where there is no Studio, the link of an invitation opens a form without any script.
  app.get('/invitations/accept', async (request, reply) => {
    const query = z.object({ token: token.optional() }).catch({}).parse(request.query);
    return reply.headers(PAGE_HEADERS).send(invitationFace(query.token ?? '', null));
  });

  const accepting = z.strictObject({ token, password: password.nullable().default(null) });
  app.post('/invitations/accept', async (request, reply) => {
    const accept = () =>
      acceptInvitation(parts, readBody(request, accepting), sessionAccount(request), originOf(request));
    if (!isForm(request)) return accept();
    return answerForm(request, reply, {
      done: async () => acceptedFace((await accept()).email),
      again: invitationFace,
    });
  });
}

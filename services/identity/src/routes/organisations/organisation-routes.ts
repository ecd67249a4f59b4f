import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OrganisationChanges } from '../../application/organisation-store.ts';
import { changeOrganisation, createOrganisation } from '../../application/organisations/create-organisation.ts';
import { defineRole, removeRole } from '../../application/organisations/manage-roles.ts';
import { actorIn, inForce } from '../../application/organisations/organisation-actor.ts';
import { switchOrganisation } from '../../application/organisations/switch-organisation.ts';
import type { IdentityParts } from '../../application/visit.ts';
import { authenticate } from '../../application/authenticate.ts';
import { permits } from '../../domain/permissions.ts';
import { readPage } from '../admin-paging.ts';
import { queryText, visitOf } from '../visit-of.ts';
import { renderMember, renderOrganisation, renderRole } from './organisation-documents.ts';
import {
  callerOf,
  country,
  currency,
  idOf,
  plainText,
  readStrict,
  slug,
  texts,
  timezone,
  userOf,
} from './read-organisation.ts';

const NewOrganisation = z.strictObject({
  slug,
  name: texts,
  country: country.nullish(),
  base_currency: currency.default('USD'),
  timezone: timezone.default('UTC'),
  default_locale: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$/)
    .default('en'),
  owner_id: z.uuid().nullish(),
});

const Changes = z.strictObject({
  slug: slug.optional(),
  name: texts.optional(),
  country: country.nullish(),
  base_currency: currency.optional(),
  timezone: timezone.optional(),
  fiscal_year_start: z.int().min(1).max(12).optional(),
  default_locale: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?$/)
    .optional(),
  tax_no: plainText(64).nullish(),
  status: z.enum(['active', 'suspended', 'closed']).optional(),
  seat_limit: z.int().min(1).max(1_000_000).nullish(),
  version: z.int().min(1).optional(),
});

const permissionKeys = z.array(z.string().max(100)).max(500);
const Role = z.strictObject({
  key: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected small letters, digits and hyphens'),
  name: texts,
  permissions: permissionKeys,
  denials: permissionKeys.default([]),
});

const ONE = '/organisations/:id';

/** Organisations, their roles, and what the caller may do in them. */
export function addOrganisationRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.get('/organisations', async (request) => {
    const caller = callerOf(request);
    const page = readPage(queryText(request, 'page'), queryText(request, 'per_page'));
    const window = { offset: (page.number - 1) * page.size, limit: page.size };
    const organisations = await parts.inTransaction(visitOf(request), async (stores) => {
      if (caller.kind === 'admin') return stores.organisations.list(null, window);
      const user = await authenticate(stores, caller.bearer, parts.now());
      return stores.organisations.list(user.id, window);
    });
    return { organisations: organisations.map(renderOrganisation) };
  });

  app.post('/organisations', async (request, reply) => {
    const caller = callerOf(request);
    const body = readStrict(request, NewOrganisation);
    const created = await createOrganisation(parts, visitOf(request), caller, {
      slug: body.slug,
      name: body.name,
      country: body.country ?? null,
      baseCurrency: body.base_currency,
      timezone: body.timezone,
      defaultLocale: body.default_locale,
      ownerId: caller.kind === 'admin' ? (body.owner_id ?? null) : null,
    });
    return reply.code(201).send(renderOrganisation(created));
  });

  app.get(ONE, async (request) => {
    const { organisation } = await parts.inTransaction(visitOf(request), (stores) =>
      actorIn(stores, callerOf(request), idOf(request, 'id'), null, parts.now()),
    );
    return renderOrganisation(organisation);
  });

  app.patch(ONE, async (request) => {
    const { version = null, ...body } = readStrict(request, Changes);
    const caller = callerOf(request);
    return renderOrganisation(
      await changeOrganisation(parts, visitOf(request), caller, idOf(request, 'id'), toChanges(body), version),
    );
  });

  app.post(`${ONE}/switch`, (request) =>
    switchOrganisation(parts, visitOf(request), userOf(request), idOf(request, 'id')),
  );

  app.get(`${ONE}/permissions`, async (request) => {
    const now = parts.now();
    const caller = callerOf(request);
    const id = idOf(request, 'id');
    return parts.inTransaction(visitOf(request), async (stores) => {
      const [actor, catalogue] = [
        await actorIn(stores, caller, id, null, now),
        await stores.organisations.permissions(),
      ];
      return {
        permissions: catalogue.map(({ key, title }) => ({ key, title, permitted: permits(actor.roles, key) })),
        roles: inForce(actor.member?.assignments ?? [], now).map(({ roleKey, scope }) => ({ role: roleKey, scope })),
      };
    });
  });

  app.get(`${ONE}/who-can`, async (request) => {
    const now = parts.now();
    const permission = queryText(request, 'permission');
    const members = await parts.inTransaction(visitOf(request), async (stores) => {
      await actorIn(stores, callerOf(request), idOf(request, 'id'), 'identity.audit', now);
      return stores.organisations.members(idOf(request, 'id'));
    });
    const able = members.filter(
      ({ status, assignments }) => status === 'active' && permits(inForce(assignments, now), permission),
    );
    return { permission, members: able.map(renderMember) };
  });

  app.get(`${ONE}/roles`, async (request) => {
    const roles = await parts.inTransaction(visitOf(request), async (stores) => {
      await actorIn(stores, callerOf(request), idOf(request, 'id'), 'identity.read', parts.now());
      return stores.organisations.roles(idOf(request, 'id'));
    });
    return { roles: roles.map(renderRole) };
  });

  app.post(`${ONE}/roles`, async (request, reply) => {
    const definition = readStrict(request, Role);
    const role = await defineRole(parts, visitOf(request), callerOf(request), idOf(request, 'id'), null, definition);
    return reply.code(201).send(renderRole(role));
  });

  app.put(`${ONE}/roles/:role`, async (request) => {
    const definition = readStrict(request, Role);
    const [id, roleId] = [idOf(request, 'id'), idOf(request, 'role')];
    return renderRole(await defineRole(parts, visitOf(request), callerOf(request), id, roleId, definition));
  });

  app.delete(`${ONE}/roles/:role`, async (request, reply) => {
    await removeRole(parts, visitOf(request), callerOf(request), idOf(request, 'id'), idOf(request, 'role'));
    return reply.code(204).send();
  });
}

function toChanges(body: Omit<z.output<typeof Changes>, 'version'>): OrganisationChanges {
  const {
    base_currency: baseCurrency,
    fiscal_year_start: fiscalYearStart,
    default_locale: defaultLocale,
    tax_no: taxNo,
    seat_limit: seatLimit,
  } = body;
  return {
    ...(body.slug === undefined ? {} : { slug: body.slug }),
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.country === undefined ? {} : { country: body.country }),
    ...(baseCurrency === undefined ? {} : { baseCurrency }),
    ...(body.timezone === undefined ? {} : { timezone: body.timezone }),
    ...(fiscalYearStart === undefined ? {} : { fiscalYearStart }),
    ...(defaultLocale === undefined ? {} : { defaultLocale }),
    ...(taxNo === undefined ? {} : { taxNo }),
    ...(body.status === undefined ? {} : { status: body.status }),
    ...(seatLimit === undefined ? {} : { seatLimit }),
  };
}

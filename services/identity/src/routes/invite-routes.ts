import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { generateLink, type LinkType } from '../application/generate-link.ts';
import { inviteUser } from '../application/invite-user.ts';
import type { IdentityParts } from '../application/visit.ts';
import { requireAdmin } from '../domain/bearer.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { renderUser } from '../domain/user-document.ts';
import { readEmail } from './read-address.ts';
import { optionalMetadata, optionalText, readBody } from './read-body.ts';
import { redirectOf } from './read-wishes.ts';
import { visitOf } from './visit-of.ts';

const InviteBody = z.object({ email: optionalText, data: optionalMetadata });
const LinkBody = z.object({
  type: optionalText,
  email: optionalText,
  new_email: optionalText,
  password: optionalText,
  data: optionalMetadata,
  redirect_to: optionalText,
});

const LINK_TYPES: ReadonlySet<string> = new Set<LinkType>([
  'signup',
  'invite',
  'magiclink',
  'recovery',
  'email_change_current',
  'email_change_new',
]);

/** Ways an administrator lets somebody in. */
export function addInviteRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/invite', async (request) => {
    requireAdmin(request.ashlar);
    const { email, data } = readBody(request, InviteBody);
    return renderUser(await inviteUser(parts, visitOf(request), readEmail(email), data ?? {}, redirectOf(request)));
  });

  app.post('/admin/generate_link', (request) => {
    requireAdmin(request.ashlar);
    const body = readBody(request, LinkBody);
    const { type } = body;
    if (!isLinkType(type)) {
      throw identityErrors.validationFailed({ detail: `Invalid email action link type requested: ${type}` });
    }
    const changes = type === 'email_change_current' || type === 'email_change_new';
    return generateLink(parts, visitOf(request), {
      type,
      email: readEmail(body.email),
      newEmail: changes ? readEmail(body.new_email) : '',
      password: body.password,
      data: body.data ?? {},
      redirectTo: redirectOf(request, body.redirect_to),
    });
  });
}

function isLinkType(text: string): text is LinkType {
  return LINK_TYPES.has(text);
}

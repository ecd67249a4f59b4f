import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { listPasskeys, removePasskey, renamePasskey } from '../application/manage-passkeys.ts';
import type { Passkey } from '../application/passkey-store.ts';
import { beginPasskey, finishPasskey, type PasskeyOptions } from '../application/register-passkey.ts';
import { beginPasskeySignIn, signInWithPasskey } from '../application/sign-in-with-passkey.ts';
import type { IdentityParts } from '../application/visit.ts';
import { identityErrors } from '../domain/identity-errors.ts';
import { isUuid } from '../domain/uuid.ts';
import { optionalText, readBody } from './read-body.ts';
import { readAssertion, readCreation } from './read-credential.ts';
import { readFriendlyName } from './read-friendly-name.ts';
import { readId } from './read-id.ts';
import { bearerOf, visitOf } from './visit-of.ts';

const VerifyBody = z.object({ challenge_id: optionalText, credential: z.unknown().optional() });
const RenameBody = z.object({ friendly_name: optionalText });

export function addPasskeyRoutes(app: FastifyInstance, parts: IdentityParts): void {
  app.post('/passkeys/registration/options', async (request) => {
    const bearer = bearerOf(request);
    return renderOptions(await beginPasskey(parts, visitOf(request), bearer));
  });

  app.post('/passkeys/registration/verify', async (request) => {
    const bearer = bearerOf(request);
    const { challengeId, credential } = readVerification(request);
    const passkey = await finishPasskey(parts, visitOf(request), bearer, challengeId, readCreation(credential));
    return renderPasskey(passkey);
  });

  app.post('/passkeys/authentication/options', async (request) =>
    renderOptions(await beginPasskeySignIn(parts, visitOf(request))),
  );

  app.post('/passkeys/authentication/verify', (request) => {
    const { challengeId, credential } = readVerification(request);
    return signInWithPasskey(parts, visitOf(request), challengeId, readAssertion(credential));
  });

  app.get('/passkeys', async (request) => {
    const bearer = bearerOf(request);
    return (await listPasskeys(parts, visitOf(request), bearer)).map(renderPasskey);
  });

  app.patch('/passkeys/:id', async (request) => {
    const bearer = bearerOf(request);
    const id = readId(request, 'id');
    const name = readFriendlyName(readBody(request, RenameBody).friendly_name);
    if (name === '') throw identityErrors.validationFailed({ detail: 'friendly_name is required' });
    return renderPasskey(await renamePasskey(parts, visitOf(request), bearer, id, name));
  });

  app.delete('/passkeys/:id', async (request, reply) => {
    const bearer = bearerOf(request);
    await removePasskey(parts, visitOf(request), bearer, readId(request, 'id'));
    return reply.code(204).send();
  });
}

function readVerification(request: FastifyRequest): { readonly challengeId: string; readonly credential: unknown } {
  const { challenge_id: challengeId, credential } = readBody(request, VerifyBody);
  if (challengeId === '') throw identityErrors.validationFailed({ detail: 'challenge_id is required' });
  if (!isUuid(challengeId)) throw identityErrors.validationFailed({ detail: 'challenge_id must be a valid UUID' });
  if (credential == null) throw identityErrors.validationFailed({ detail: 'credential is required' });
  return { challengeId, credential };
}

function renderOptions({ challengeId, options, expiresAt }: PasskeyOptions): object {
  return { challenge_id: challengeId, options, expires_at: Math.floor(expiresAt.getTime() / 1000) };
}

/** A passkey as its owner and administrators see it. */
export function renderPasskey({ id, friendlyName, createdAt, lastUsedAt }: Passkey): object {
  return {
    id,
    ...(friendlyName === '' ? {} : { friendly_name: friendlyName }),
    created_at: createdAt.toISOString(),
    ...(lastUsedAt === null ? {} : { last_used_at: lastUsedAt.toISOString() }),
  };
}

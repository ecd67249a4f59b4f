import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { asCaller, asService } from '@ashlar/service';
import {
  findDocument,
  findVersion,
  listSubjects,
  listVersions,
  nameOf,
  type RegisteredDocument,
} from '../adapters/read-contracts.ts';
import { registerContract } from '../application/register-contract.ts';
import { type ContractFormat, isJsonFormat, MEDIA_TYPES } from '../domain/contract-format.ts';
import { registryErrors } from '../domain/registry-errors.ts';
import { hashOf, readNewContract, readPage, selectorOf, subjectOf, versionOf, versionParameter } from './read-input.ts';

/** Versions shown with a subject. */
const SHOWN_VERSIONS = 200;

/** Subjects, their versions and documents. */
export function addContractRoutes(app: FastifyInstance): void {
  app.get('/subjects', async ({ ashlar, query }) => {
    const { search = null, format = null, after, limit } = readPage(query);
    const subjects = await asCaller(ashlar, (tx) => listSubjects(tx, { search, format, after, limit }));
    const next = subjects.length === limit ? (subjects.at(-1)?.name ?? null) : null;
    return { subjects, next };
  });

  app.get('/subjects/:subject', async (request) => {
    const subject = subjectOf(request);
    const versions = await asCaller(request.ashlar, (tx) => listVersions(tx, subject, SHOWN_VERSIONS));
    const [latest] = versions;
    if (latest === undefined) throw registryErrors.notFound({ what: 'subject', id: subject });
    return { name: subject, format: latest.format, latest: latest.version, versions };
  });

  app.get('/subjects/:subject/versions/:version', async (request) => {
    const { content, ...version } = await wantedVersion(request);
    return { ...version, document: isJsonFormat(version.format) ? (JSON.parse(content) as unknown) : content };
  });

  app.get('/subjects/:subject/versions/:version/document', async (request, reply) => {
    const { content, format, hash, version } = await wantedVersion(request);
    // `latest` and `2` come to mean other documents.
    const stays = versionParameter(request) === version;
    return sendDocument(request, reply, { content, format, hash, stays });
  });

  app.get('/documents/:hash', async (request, reply) => {
    const hash = hashOf(request);
    const found = await asCaller(request.ashlar, (tx) => findDocument(tx, hash));
    if (found === undefined) throw registryErrors.notFound({ what: 'document', id: hash });
    return sendDocument(request, reply, { ...found, hash, stays: true });
  });

  app.put('/subjects/:subject/versions/:version', async (request, reply) => {
    const { ashlar, body } = request;
    if (ashlar.caller.role !== 'service_role') throw registryErrors.accessDenied();
    const subject = subjectOf(request);
    const version = versionOf(versionParameter(request));
    const { sub } = ashlar.caller.claims;
    const wanted = { subject, version, ...readNewContract(body), by: typeof sub === 'string' ? sub : null };
    const { registered, created } = await asService('registry', ashlar, (tx) => registerContract(tx, wanted));
    return reply.code(created ? 201 : 200).send(registered);
  });
}

async function wantedVersion(request: FastifyRequest): Promise<RegisteredDocument> {
  const subject = subjectOf(request);
  const selector = selectorOf(versionParameter(request));
  const found = await asCaller(request.ashlar, (tx) => findVersion(tx, subject, selector));
  if (found === undefined) throw registryErrors.notFound({ what: 'version', id: `${subject} ${nameOf(selector)}` });
  return found;
}

interface SentDocument {
  readonly content: string;
  readonly format: ContractFormat;
  readonly hash: string;
  /** What is at this address never changes. */
  readonly stays: boolean;
}

function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { content, format, hash, stays }: SentDocument,
): FastifyReply {
  const tag = `"${hash}"`;
  reply
    .header('etag', tag)
    .header('cache-control', stays ? 'private, max-age=31536000, immutable' : 'private, no-cache')
    .header('x-content-type-options', 'nosniff');
  if (request.headers['if-none-match'] === tag) return reply.code(304).send();
  return reply.header('content-type', MEDIA_TYPES[format]).send(content);
}

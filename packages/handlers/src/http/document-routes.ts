import { createHash } from 'node:crypto';
import type { Printer } from '@ashlar/documents';
import { commonErrors, type DocumentToPrint, type Suite, type SuiteDocument } from '@ashlar/kernel';
import { printEdition } from '@ashlar/kernel/printing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { wireSchema } from '../input/wire-schema.ts';
import type { Invocation } from '../invocation.ts';
import type { UseCases } from '../runtime/create-use-cases.ts';
import { invocationOf } from './invocation-of.ts';
import { type HttpInput, readHttpInput } from './read-http-input.ts';
import { readPrint, type PrintWish, PRINT_MEMBERS } from './read-print.ts';
import type { HttpBinding } from './http-binding.ts';

/** Where a document answers; described in OpenAPI beside the use cases. */
export interface DocumentBinding extends HttpBinding {
  readonly document: SuiteDocument;
}

/** @throws {Error} When a document's route cannot be. */
export function documentBindings({ documents }: Suite): readonly DocumentBinding[] {
  return documents.map((document): DocumentBinding => {
    const { name, route, useCase } = document;
    const path = route.slice('GET '.length);
    const input = wireSchema(useCase.input);
    const pathMembers = [...path.matchAll(/:(\w+)/g)].map(([, member = '']) => member);
    const missing = pathMembers.find((member) => input.properties?.[member] === undefined);
    if (missing !== undefined) throw new Error(`${name}: its query has no member ${missing}, which ${path} names`);
    const taken = PRINT_MEMBERS.find((member) => input.properties?.[member] !== undefined);
    if (taken !== undefined) throw new Error(`${name}: its query has the member ${taken}, which is the print's`);
    return { document, useCase, method: 'GET', path, pathMembers, rest: 'query', input };
  });
}

/** The page of a document: told by its query as the caller, printed, and remembered where it never changes. */
export function addDocumentRoute(
  app: FastifyInstance,
  binding: DocumentBinding,
  useCases: UseCases,
  printer: Printer,
): void {
  const { document } = binding;
  app.get(binding.path, async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    // Fastify's router and query parser give texts.
    const { params, query } = request as unknown as HttpInput;
    const { wish, rest } = readPrint(query, document.papers);
    const { idempotencyKey: _key, ...invocation } = invocationOf(request, 'http');
    const input = readHttpInput(binding, { params, query: rest, body: undefined });
    const { output } = await useCases.invoke(document.useCase.name, input, invocation);
    const told = document.print(output, wish.paper);
    const { bytes, sha256 } = await printOriginal({ document, told, wish, invocation, useCases, printer });
    const etag = `"${sha256}"`;
    reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'authorization, apikey');
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply
      .header('content-type', 'application/pdf')
      .header('content-disposition', `inline; filename*=UTF-8''${fileName(told, document)}`)
      .header('x-content-type-options', 'nosniff')
      .send(bytes);
  });
}

interface Printing {
  readonly document: SuiteDocument;
  readonly told: DocumentToPrint;
  readonly wish: PrintWish;
  readonly invocation: Invocation;
  readonly useCases: UseCases;
  readonly printer: Printer;
}

interface Printed {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** An original is the bytes of the first print; what has come to look different since is marked as a copy. */
async function printOriginal(printing: Printing): Promise<Printed> {
  const { document, told, wish, invocation } = printing;
  const printed = await printAs(printing, wish.isCopy);
  const { original } = told;
  if (original === null || wish.isCopy || document.keep === undefined || invocation.dryRun === true) return printed;
  const known = original.prints.find(({ paper, language }) => paper === wish.paper && language === wish.language);
  const first = known?.sha256 ?? (await keepFirst(printing, printed.sha256));
  return first === printed.sha256 ? printed : printAs(printing, true);
}

async function printAs({ told, wish, printer }: Printing, isCopy: boolean): Promise<Printed> {
  const { paper, language } = wish;
  const bytes = Buffer.from(await printer.print({ page: told.page, paper, language, isCopy }));
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** By the platform: no caller says himself what a print was like. */
async function keepFirst(
  { document, told, wish, invocation, useCases, printer }: Printing,
  sha256: string,
): Promise<string> {
  const { original } = told;
  if (document.keep === undefined || original === null) return sha256;
  const { documentId, orgId } = original;
  const edition = printEdition(document.edition, printer.edition);
  const input = { documentId, paper: wish.paper, language: wish.language, sha256, edition };
  const trusted = { ...invocation, orgId, trusted: true } as const;
  const { output } = await useCases.invoke(document.keep.name, input, trusted);
  const first = (output as { readonly sha256?: unknown }).sha256;
  if (typeof first !== 'string') throw commonErrors.malformed({ wanted: `sha256 of ${document.keep.name}` });
  return first;
}

function fileName({ page }: DocumentToPrint, { name }: SuiteDocument): string {
  return `${encodeURIComponent(page.number ?? name.split('.')[1] ?? name)}.pdf`;
}

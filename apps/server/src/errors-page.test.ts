import { glob, readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { AshlarError } from '@ashlar/kernel';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('docs/errors.md is the page made from the catalogues', async () => {
  await expect(await errorsPage()).toMatchFileSnapshot('../../../docs/errors.md');
});

async function errorsPage(): Promise<string> {
  return `# Errors

Codes are stable: a retired one stays listed and is not used again. Texts in braces are filled in with what happened.
This page is made from the catalogues in the sources; a test holds it to them.

## Our own codes

The commands print them; services render them in the form their clients read.

| Code | Kind | Message | Hint |
|---|---|---|---|
${(await ownErrors()).map(({ code, kind, message, hint }) => row([`\`${code}\``, kind, message, hint ?? ''])).join('\n')}

## REST: \`/rest/v1\`

The body is \`{code, message, details, hint}\`. What PostgreSQL refuses keeps its SQLSTATE as the code; the status then
follows [PostgREST's table](https://docs.postgrest.org/en/stable/references/errors.html). These are the codes the
service itself answers:

| Code | Status | Message |
|---|---|---|
${(await restErrors()).map(({ code, status, message }) => row([`\`${code}\``, status, message])).join('\n')}

## Identity: \`/auth/v1\`

The body is \`{code, message}\` for clients that send \`X-Supabase-Api-Version: 2024-01-01\` or later, else
\`{code, error_code, msg}\`; the header \`x-sb-error-code\` always holds the code. It is ours without \`identity.\`, by
[GoTrue's list](https://supabase.com/docs/guides/auth/debugging/error-codes).

## Storage: \`/storage/v1\`

The body is \`{statusCode, error, message, code}\`. The HTTP status of a client's fault is 400, and the real one stands in
\`statusCode\`; \`code\` is ours without \`storage.\` in the spelling of Supabase Storage (\`NoSuchKey\`, \`InvalidJWT\`).

At \`/storage/v1/s3\` the body is S3's \`<Error>\` with \`Code\`, \`Message\`, \`Resource\` and \`RequestId\`, the status is the real one,
and codes are S3's own (\`SignatureDoesNotMatch\`, \`NoSuchUpload\`).
`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

/** Every catalogue is a module named `…errors.ts` that exports factories; without parameters the braces stay. */
async function ownErrors(): Promise<readonly AshlarError[]> {
  const errors = new Map<string, AshlarError>();
  for await (const file of glob('{packages,services,suites,apps}/*/src/**/*errors.ts', { cwd: root })) {
    const module: Record<string, unknown> = await import(pathToFileURL(root + file).href);
    for (const factory of Object.values(module).flatMap(members)) {
      const made = attempt(factory);
      if (made !== undefined) errors.set(made.code, made);
    }
  }
  return [...errors.values()].toSorted((one, other) => (one.code < other.code ? -1 : 1));
}

function members(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function attempt(factory: unknown): AshlarError | undefined {
  if (typeof factory !== 'function') return undefined;
  try {
    const made: unknown = factory();
    return made instanceof AshlarError ? made : undefined;
  } catch {
    return undefined; // not a factory of ours: it wants arguments
  }
}

interface RestEntry {
  readonly code: string;
  readonly status: string;
  readonly message: string;
}

/** PostgREST's errors take typed arguments, so their texts are read from the source. */
async function restErrors(): Promise<readonly RestEntry[]> {
  const entries: RestEntry[] = [];
  for await (const file of glob('services/data/src/**/*.ts', { cwd: root })) {
    if (file.includes('.test.')) continue;
    const source = await readFile(root + file, 'utf8');
    for (const [, body = ''] of source.matchAll(/new RestError\(\{([\s\S]*?)\}\)/g)) {
      const code = /code: '(\w+)'/.exec(body)?.[1];
      const status = /status: (\d+)/.exec(body)?.[1];
      if (code === undefined || status === undefined) continue;
      const message = /message: (?:'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`)/.exec(body);
      const text = message?.[1] ?? message?.[2] ?? message?.[3] ?? 'says what was wrong';
      entries.push({ code, status, message: text.replaceAll(/\$\{([^}]*)\}/g, '{$1}') });
    }
  }
  return entries.toSorted((one, other) => (one.code < other.code ? -1 : one.code > other.code ? 1 : 0));
}

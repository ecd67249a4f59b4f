import type { LoadRequest } from './http-load.ts';

/**
 * Both requests must have the same answer before their speed is compared.
 *
 * @param pick The part of the second answer that holds what the first one is.
 * @throws When they differ, with both.
 */
export async function requireSameJson(
  what: string,
  url: string,
  one: LoadRequest,
  other: LoadRequest,
  pick: (answer: unknown) => unknown = (answer) => answer,
): Promise<void> {
  const [first, second] = await Promise.all([ask(url, one), ask(url, other)]);
  const wanted = JSON.stringify(first, asText);
  const got = JSON.stringify(pick(second), asText);
  if (wanted !== got) throw new Error(`${what}: ${got} is not ${wanted}`);
}

async function ask(url: string, { method, path, headers, body }: LoadRequest): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
  return response.json();
}

/** GraphQL gives large integers as text. */
function asText(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value;
}

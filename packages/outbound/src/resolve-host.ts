import { lookup, Resolver } from 'node:dns/promises';

/** Every address of a name; empty when it has none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

const DNS_TRY_MS = 2_000;
const DNS_TRIES = 2;

/**
 * Asks the name servers by themselves and in parallel. The system's resolver would do it on the few threads that files
 * and password hashes need too, so that one slow name server of a stranger could hold up everybody.
 */
export const resolvePublicHost: ResolveHost = async (host) => {
  const resolver = new Resolver({ timeout: DNS_TRY_MS, tries: DNS_TRIES });
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
};

/** The system's way, which knows the hosts file and search domains: for names an operator allowed. */
export const resolveAllowedHost: ResolveHost = async (host) => {
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
};

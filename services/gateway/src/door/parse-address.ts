import { DEFAULT_PROJECT, servicePrefix } from '@ashlar/service';

/** Where a request's target leads: which project, which public name, and the target as services know it. */
export interface Address {
  readonly ref: string;
  /** Public name of the mount, null for the door's own paths and for nowhere. */
  readonly mount: string | null;
  /** The target below project and spelling: `/rest/v1/todos?select=*`. */
  readonly url: string;
  /** What stood before it and belongs into public URLs: `/p/shop`, or nothing. */
  readonly prefix: string;
  /** The path has percent signs that are no UTF-8 text, a NUL, or steps upwards. */
  readonly malformed: boolean;
}

/** `<ref>.<base host>` and then the same paths as at the root. */
export interface HostNaming {
  readonly host: string | undefined;
  readonly baseHost: string | undefined;
}

/** Paths outside the services' prefixes, and the public name each leads to: `/dev/mail` to `/auth/v1/dev/mail`. */
export type Aliases = ReadonlyMap<string, string>;

const NO_ALIASES: Aliases = new Map();
const REF = /^[a-z][a-z0-9-]{0,29}$/;
const PROJECT_PREFIX = '/p/';
const API_PREFIX = '/api/v1/';
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/** Runs for every request before routing: plain string work, no allocation that could be avoided. */
export function parseAddress(
  target: string,
  naming: HostNaming,
  mounts: ReadonlySet<string>,
  aliases: Aliases = NO_ALIASES,
): Address {
  // The absolute form of RFC 9112 §3.2.2, which proxies send; its authority is the Host header's business.
  const url = target.startsWith('/') ? target : originForm(target);
  const pathEnd = endOfPath(url);
  const malformed = isMalformed(url, pathEnd);
  const refOfHost = refInHost(naming);
  if (refOfHost === null && url.startsWith(PROJECT_PREFIX)) {
    const slash = url.indexOf('/', PROJECT_PREFIX.length);
    const refEnd = slash === -1 || slash > pathEnd ? pathEnd : slash;
    const ref = url.slice(PROJECT_PREFIX.length, refEnd);
    const rest = url.slice(refEnd);
    return locate(ref, rest.startsWith('/') ? rest : `/${rest}`, url.slice(0, refEnd), malformed, mounts, aliases);
  }
  return locate(refOfHost ?? DEFAULT_PROJECT, url, '', malformed, mounts, aliases);
}

/** A ref that no project can have leads nowhere: it is never asked for. */
export function isRef(text: string): boolean {
  return REF.test(text);
}

function locate(
  ref: string,
  url: string,
  prefix: string,
  malformed: boolean,
  mounts: ReadonlySet<string>,
  aliases: Aliases,
): Address {
  const apiForm = url.startsWith(API_PREFIX);
  const nameStart = apiForm ? API_PREFIX.length : 1;
  const nameEnd = endOfSegment(url, nameStart);
  const name = url.slice(nameStart, nameEnd);
  const own = servicePrefix(name);
  const rest = !mounts.has(name) ? null : apiForm ? url.slice(nameEnd) : afterPrefix(url, own);
  if (rest !== null) return { ref, mount: name, url: apiForm ? own + rest : url, prefix, malformed };
  for (const [path, mount] of aliases) {
    if (afterPrefix(url, path) !== null) return { ref, mount, url: servicePrefix(mount) + url, prefix, malformed };
  }
  return { ref, mount: null, url, prefix, malformed };
}

/** What follows `/rest/v1`, or null when the target only begins alike (`/rest/v10`). */
function afterPrefix(url: string, prefix: string): string | null {
  if (!url.startsWith(prefix)) return null;
  const next = url[prefix.length];
  return next === undefined || next === '/' || next === '?' || next === '#' ? url.slice(prefix.length) : null;
}

function endOfSegment(url: string, from: number): number {
  for (let at = from; at < url.length; at += 1) {
    const letter = url[at];
    if (letter === '/' || letter === '?' || letter === '#') return at;
  }
  return url.length;
}

function endOfPath(url: string): number {
  const query = url.indexOf('?');
  const fragment = url.indexOf('#');
  if (query === -1) return fragment === -1 ? url.length : fragment;
  return fragment === -1 ? query : Math.min(query, fragment);
}

function originForm(target: string): string {
  const rest = target.replace(ABSOLUTE_FORM, '');
  return rest.startsWith('/') ? rest : `/${rest === '*' ? '' : rest}`;
}

function isMalformed(url: string, pathEnd: number): boolean {
  const path = url.slice(0, pathEnd);
  if (!path.includes('%')) return stepsUp(path);
  try {
    const decoded = decodeURIComponent(path);
    return decoded.includes('\0') || stepsUp(decoded);
  } catch {
    return true;
  }
}

/** Some readers of a path resolve `..` and others do not; two readings of one path must not be possible. */
function stepsUp(path: string): boolean {
  return path.includes('/..') || path.includes('../');
}

function refInHost({ host, baseHost }: HostNaming): string | null {
  if (baseHost === undefined || host === undefined) return null;
  const name = host.toLowerCase().replace(/:\d+$/, '');
  if (!name.endsWith(`.${baseHost}`)) return null;
  return name.slice(0, -baseHost.length - 1);
}

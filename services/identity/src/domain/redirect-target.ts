import type { GeneralSettings } from './settings.ts';

/**
 * Where a link or a redirect may lead: the address asked for when it is of the site's own origin or on the allow-list,
 * otherwise silently the site itself. Anything with a user name, a backslash or a control character is refused,
 * because browsers and parsers disagree about those.
 */
export function redirectTarget({ general }: { readonly general: GeneralSettings }, wanted: string): string {
  return isAllowed(general, wanted) ? wanted : general.siteUrl;
}

function isAllowed(general: GeneralSettings, wanted: string): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (wanted === '' || wanted.length > 2048 || /[\\\u0000-\u0020\u007F]/u.test(wanted)) return false;
  const url = URL.parse(wanted);
  if (url === null || url.username !== '' || url.password !== '') return false;
  if (['javascript:', 'data:', 'vbscript:', 'file:', 'blob:'].includes(url.protocol)) return false;
  const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
  if (isWeb && url.origin === new URL(general.siteUrl).origin) return true;
  // The fragment is the browser's own business and takes no part in the comparison.
  const bare = wanted.split('#', 1)[0] ?? '';
  return general.redirectAllowList.some((pattern) => globToPattern(pattern).test(bare));
}

/** `*` any run without `.` and `/`, `**` any run, `?` one character that is neither. */
function globToPattern(glob: string): RegExp {
  const body = glob.replaceAll(/\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^./]*';
    return part === '?' ? '[^./]' : `\\${part}`;
  });
  return new RegExp(`^${body}$`, 'u');
}

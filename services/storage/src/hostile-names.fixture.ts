const UP = ['..', '%2e%2e', '.%2e', '%2E.', '%252e%252e', '..%00', '..;', '...', '....', '%c0%ae%c0%ae', '%ff'];
const SLASH = ['/', '%2f', '%5c', '\\', '%252f', '//'];
const AIMS = ['secret.txt', 'other/secret.txt', 'etc/passwd'];

/** Steps upwards in every spelling, and what else file systems understand differently. */
export const HOSTILE_PATHS: readonly string[] = [
  ...UP.flatMap((up) => SLASH.flatMap((slash) => AIMS.map((aim) => `${up}${slash}${up}${slash}${aim}`))),
  ...UP.map((up) => `folder/${up}/${up}/secret.txt`),
  ...SLASH.map((slash) => `${slash}etc${slash}passwd`),
  'file:///etc/passwd',
  'C:%5Cwindows%5Cwin.ini',
  '%5c%5chost%5cshare',
  'secret.txt%00.png',
  'ok.txt%00',
  'ok.txt/',
  'ok.txt/..',
  './ok.txt',
  'a/./b',
  'a//b',
  '.',
  '%00',
  '%0a',
  '%0d%0aset-cookie:x=y',
  '~root',
  '%e2%80%ae',
  '%ef%bc%8e%ef%bc%8e/secret.txt',
  'caf%C3%A9',
  'cafe%CC%81',
  'a%7f',
  '%F0%9F%98%80',
  'x'.repeat(1_025),
  'con|aux',
  '*?<>"',
];

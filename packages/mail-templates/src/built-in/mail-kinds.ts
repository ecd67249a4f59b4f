import { textsEn } from './texts-en.ts';

/** Every kind of mail there is. */
export const MAIL_KINDS: ReadonlySet<string> = new Set(Object.keys(textsEn.kinds));

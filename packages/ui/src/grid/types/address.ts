import { accept, asStored, type FieldType, ORDER, refuse } from './field-type.ts';

const BYTE = String.raw`(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
const V4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
const MAC = /^(?:[\da-f]{2}[:-]?){5}(?:[\da-f]{2}[:-]?[\da-f]{2}[:-]?)?[\da-f]{2}$/i;
const V4_BITS = 32;
const V6_BITS = 128;
const V6_GROUPS = 8;

function isV6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const tail = groups.at(-1) ?? '';
  const hasV4 = V4.test(tail);
  const plain = hasV4 ? groups.slice(0, -1) : groups;
  const count = plain.length + (hasV4 ? 2 : 0);
  return (
    plain.every((group) => /^[\da-f]{1,4}$/i.test(group)) &&
    (halves.length === 2 ? count < V6_GROUPS : count === V6_GROUPS)
  );
}

/** `inet`, `cidr`, `macaddr` and `macaddr8`. */
export function addressType(name: 'inet' | 'cidr' | 'macaddr' | 'macaddr8'): FieldType {
  const isNetwork = name === 'inet' || name === 'cidr';
  return {
    name,
    editor: 'line',
    align: 'start',
    direction: 'ltr',
    isSortable: true,
    operators: isNetwork ? [...ORDER, 'cs', 'cd'] : ORDER,
    parse: (text) => {
      const trimmed = text.trim();
      if (!isNetwork) return MAC.test(trimmed) ? accept(trimmed.toLowerCase()) : refuse('notAddress');
      const [host = '', bits, ...rest] = trimmed.split('/');
      const isFour = V4.test(host);
      const isAddress = (isFour || isV6(host)) && rest.length === 0;
      const isMask = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isFour ? V4_BITS : V6_BITS));
      return isAddress && isMask ? accept(trimmed) : refuse('notAddress');
    },
    format: asStored,
  };
}

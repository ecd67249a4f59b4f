import { isIPv4, isIPv6 } from 'node:net';

/** Whether the address is this machine itself. */
export function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

/**
 * The network an address is counted with: /24 of IPv4, /64 of IPv6, which one household or host has whole. Somebody
 * with a thousand addresses of one network is one guesser, not a thousand.
 */
export function clientNetwork(address: string): string {
  const mapped = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
  if (isIPv4(mapped)) return `${mapped.slice(0, mapped.lastIndexOf('.'))}.0/24`;
  if (!isIPv6(address)) return address.slice(0, 64);
  return `${expandIpv6(address).slice(0, 4).join(':')}::/64`;
}

/** The eight groups, without leading zeros. */
function expandIpv6(address: string): string[] {
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const missing = tail === undefined ? 0 : Math.max(8 - left.length - right.length, 0);
  return [...left, ...Array.from({ length: missing }, () => '0'), ...right];
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''));
}

import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * IPv4 that is not the public internet (IANA's special-purpose registry), and one public address that is a cloud's
 * own: 168.63.129.16 answers virtual machines of Azure with their secrets.
 */
const SPECIAL_IPV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** All of IPv6 that is handed out to anybody. The rest (loopback, mapped, NAT64, link-local, multicast) is refused. */
const GLOBAL_IPV6: readonly [network: string, prefix: number] = ['2000::', 3];

/** What is special inside of it: protocol assignments and Teredo, documentation, 6to4, and segment routing. */
const SPECIAL_IPV6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
];

const special4 = blockList(SPECIAL_IPV4, 'ipv4');
const global6 = blockList([GLOBAL_IPV6], 'ipv6');
const special6 = blockList(SPECIAL_IPV6, 'ipv6');

/** Whether an address belongs to the public internet. What is no address, or has a zone, does not. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (isIPv4(address)) return !special4.check(address, 'ipv4');
  return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6');
}

function blockList(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

import { expect, test } from 'vitest';
import { clientNetwork, isLoopback } from './client-network.ts';

test.each([
  ['203.0.113.7', '203.0.113.0/24'],
  ['::ffff:203.0.113.7', '203.0.113.0/24'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['not an address', 'not an address'],
])('%s is counted with %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network);
});

test('this machine is known in both families', () => {
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1'].every(isLoopback)).toBe(true);
  expect(['127.evil', '10.0.0.1', '::2'].some((address) => address !== '127.evil' && isLoopback(address))).toBe(false);
});

import { attachEmbeddedCluster, type Cluster, type EmbeddedAddress } from '@ashlar/postgres';
import { askDoor } from './ask-door.ts';

let attached: Promise<Cluster> | undefined;

/** The server all test files of this run share, attached once per worker. */
export function sharedCluster(): Promise<Cluster> {
  attached ??= attach();
  return attached;
}

async function attach(): Promise<Cluster> {
  const address = await askDoor('cluster');
  if (address === undefined) throw new Error('Run the tests from the root of the workspace, whose setup has a server');
  // Written by the other end, which is ours.
  return attachEmbeddedCluster(address as EmbeddedAddress);
}

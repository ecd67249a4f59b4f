import type { Command } from '../cli/command.ts';
import { recursiveOption } from '../cli/recursive-option.ts';
import { parseRemote } from '../storage/remote-path.ts';
import { storageOptions, withStorage } from '../storage/storage-door.ts';
import { bucketNames, entriesIn, filesBelow } from '../storage/storage-files.ts';

export const command: Command = {
  usage: '[ss:///bucket/folder/]',
  positionals: [0, 1],
  about: 'Lists buckets, or what is in one. Folders end with a slash; --recursive names every object below.',
  options: { ...recursiveOption, ...storageOptions },
  configGroups: ['instance', 'postgres', 'storage'],

  async run(invocation) {
    const { positionals, terminal, isSet } = invocation;
    const path = parseRemote(positionals[0] ?? 'ss:///', 'storage ls');
    await withStorage(invocation, async (door) => {
      if (path.bucket === '') for (const name of await bucketNames(door)) terminal.out(`${name}/`);
      else if (isSet('recursive')) for await (const { name } of filesBelow(door, path)) terminal.out(name);
      else for await (const name of entriesIn(door, path)) terminal.out(name);
    });
    return 0;
  },
};

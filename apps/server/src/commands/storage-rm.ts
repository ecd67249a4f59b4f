import type { Command } from '../cli/command.ts';
import { cliErrors, usageErrors } from '../cli/cli-errors.ts';
import { confirm, yesOption } from '../cli/confirm.ts';
import { recursiveOption } from '../cli/recursive-option.ts';
import { parseRemote } from '../storage/remote-path.ts';
import { storageOptions, withStorage } from '../storage/storage-door.ts';
import { filesBelow, removeFiles } from '../storage/storage-files.ts';

const NAME = 'storage rm';
const MAX_PATHS = 1_000;

export const command: Command = {
  usage: '<ss:///bucket/file> …',
  positionals: [1, MAX_PATHS],
  about: 'Removes objects; with --recursive everything in folders or a whole bucket, which asks first.',
  options: { ...recursiveOption, ...yesOption, ...storageOptions },
  configGroups: ['instance', 'postgres', 'storage'],

  async run(invocation) {
    const { positionals, terminal, isSet } = invocation;
    const paths = positionals.map((path) => parseRemote(path, NAME));
    for (const { bucket, key } of paths) {
      if (bucket === '' || (key === '' && !isSet('recursive'))) {
        const wanted = 'an object, or a bucket with --recursive';
        throw usageErrors.argumentsWrong({ command: NAME, found: `"ss:///${bucket}"`, wanted });
      }
    }
    if (isSet('recursive')) {
      const [first = ''] = positionals;
      await confirm(invocation, `removing ${first}`, `Everything below ${positionals.join(' ')} will be gone.`, first);
    }
    let removed = 0;
    await withStorage(invocation, async (door) => {
      for (const path of paths) {
        const names = isSet('recursive') ? await namesBelow(door, path) : [path.key];
        const gone = await removeFiles(door, path.bucket, names);
        for (const name of gone) terminal.out(`ss:///${path.bucket}/${name}`);
        if (gone.length === 0) throw cliErrors.objectMissing({ path: `ss:///${path.bucket}/${path.key}` });
        removed += gone.length;
      }
    });
    terminal.note(`Removed ${removed} ${removed === 1 ? 'object' : 'objects'}.`);
    return 0;
  },
};

async function namesBelow(...[door, path]: Parameters<typeof filesBelow>): Promise<string[]> {
  const files = await Array.fromAsync(filesBelow(door, path));
  return files.map(({ name }) => name);
}

import type { Command } from '../cli/command.ts';
import { usageErrors } from '../cli/cli-errors.ts';
import { recursiveOption } from '../cli/recursive-option.ts';
import { copyAll, downloadAll, uploadAll } from '../storage/copy.ts';
import { isRemote, parseRemote } from '../storage/remote-path.ts';
import { storageOptions, withStorage } from '../storage/storage-door.ts';

const NAME = 'storage cp';

export const command: Command = {
  usage: '<from> <to>',
  positionals: [2, 2],
  about: [
    'Copies files to, from or within the files of a project, named ss:///bucket/folder/file. What is there already is',
    'replaced. With --recursive what is in the folder <from> is put into the folder <to>.',
  ].join('\n'),
  options: {
    ...recursiveOption,
    'content-type': {
      type: 'string',
      placeholder: '<type>',
      about: 'Type to store with the files. [by name or bytes]',
    },
    'cache-control': { type: 'string', placeholder: '<text>', about: 'What downloads are told of caching. [no-cache]' },
    ...storageOptions,
  },
  configGroups: ['instance', 'postgres', 'storage'],

  async run(invocation) {
    const { positionals, terminal, isSet, text } = invocation;
    const [from = '', to = ''] = positionals;
    const copied = await withStorage(invocation, (door) => {
      const facts = { contentType: text('content-type'), cacheControl: text('cache-control') };
      const options = { door, terminal, recursive: isSet('recursive'), ...facts };
      if (isRemote(from) && isRemote(to)) return copyAll(inBucket(from), inBucket(to), options);
      if (isRemote(from)) return downloadAll(inBucket(from), to, options);
      if (isRemote(to)) return uploadAll(from, inBucket(to), options);
      throw usageErrors.argumentsWrong({
        command: NAME,
        found: 'two local paths',
        wanted: 'one that begins with ss:///',
      });
    });
    terminal.note(`Copied ${copied} ${copied === 1 ? 'file' : 'files'}.`);
    return 0;
  },
};

function inBucket(path: string) {
  const parsed = parseRemote(path, NAME);
  if (parsed.bucket !== '') return parsed;
  throw usageErrors.argumentsWrong({ command: NAME, found: `"${path}"`, wanted: 'a place in a bucket' });
}

import { DEFAULT_WAIT_SECONDS, recordCommand } from '@ashlar/control';
import { usageErrors } from '../cli/cli-errors.ts';
import type { Command, Invocation } from '../cli/command.ts';
import { chosenProject, projectOption } from '../cli/project-option.ts';
import { withInstance } from '../instance/with-instance.ts';

/** A day: whoever waits longer rotates later. */
const MAX_WAIT_SECONDS = 86_400;

export const command: Command = {
  usage: '',
  positionals: [0, 0],
  about: [
    'Makes a new ES256 key for the access tokens of a project. It is published at once, signs when every client has had',
    'time to see it, and the key before it verifies until the last of its tokens has expired. Running processes follow',
    'without a restart; nobody is signed out, and the API keys stay.',
  ].join('\n'),
  options: {
    ...projectOption,
    wait: {
      type: 'string',
      placeholder: '<seconds>',
      about: `How long the key is published before it signs. [${DEFAULT_WAIT_SECONDS}]`,
    },
    revoke: {
      type: 'boolean',
      about: 'The former keys are known to others: the new one signs at once, and all tokens so far are refused.',
    },
  },
  configGroups: ['instance', 'postgres'],

  async run(invocation) {
    const ref = chosenProject(invocation);
    const revoke = invocation.isSet('revoke');
    const rotation = { waitSeconds: readWait(invocation), revoke };
    const { kid, signsFrom } = await withInstance(invocation, async ({ projects }) => {
      const added = await projects.rotateKeys(ref, rotation);
      await recordCommand(projects.control, 'signing-key.rotate', ref);
      return added;
    });
    invocation.terminal.out(
      revoke
        ? `Key ${kid} signs the access tokens of project ${ref}. Tokens of the keys before are refused; sessions go on.`
        : `Key ${kid} of project ${ref} is published and signs from ${signsFrom.toISOString()}.`,
    );
    return 0;
  },
};

function readWait({ text }: Invocation): number {
  const given = text('wait');
  if (given === undefined) return DEFAULT_WAIT_SECONDS;
  if (/^\d{1,5}$/.test(given) && Number(given) <= MAX_WAIT_SECONDS) return Number(given);
  const wanted = `seconds up to ${MAX_WAIT_SECONDS}`;
  throw usageErrors.optionWrong({ command: 'keys rotate', option: 'wait', found: given, wanted });
}

import { AshlarError } from '@ashlar/kernel';
import { describe, expect, test } from 'vitest';
import { commands } from '../commands.ts';
import type { Command } from './command.ts';
import { findCommand } from './find-command.ts';
import { commandHelp, groupHelp, overview } from './help.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { createTerminal } from './terminal.ts';

describe('finding a command', () => {
  test.each([
    [['start', '--port', '1'], 'start', ['--port', '1']],
    [['project', 'create', 'shop'], 'project create', ['shop']],
  ])('%j is %s', (line, name, rest) => {
    expect(findCommand(line, commands)).toMatchObject({ entry: { name }, rest });
  });

  test('a group can be asked for help, and is no command by itself', () => {
    expect(findCommand(['project', '--help'], commands)).toEqual({ group: 'project' });
    expect(() => findCommand(['project'], commands)).toThrow(
      'Found "project" alone, wanted one of create, list, remove',
    );
    expect(() => findCommand(['project', 'make'], commands)).toThrow(
      'Found "project make", wanted one of the commands',
    );
    expect(() => findCommand(['frob'], commands)).toThrow(/^Found "frob", wanted one of the commands start, serve,/);
  });
});

describe('reading the rest of the line', () => {
  const command: Command = {
    usage: '<ref>',
    positionals: [1, 1],
    about: 'For this test.',
    options: { yes: { type: 'boolean', short: 'y', about: 'Do not ask.' } },
    configGroups: [],
    run: async () => 0,
  };
  const parse = (...args: string[]) =>
    parseCommandLine({ name: 'test', command, args, environment: {}, terminal: createTerminal('1') });

  test('options of the command and of the configuration stand anywhere', () => {
    const invocation = parse('--port', '1', 'shop', '-y', '--no-autoconfirm');
    expect(invocation?.positionals).toEqual(['shop']);
    expect(invocation?.isSet('yes')).toBe(true);
    expect(invocation?.config).toMatchObject({ server: { port: 1 }, auth: { autoconfirm: false } });
  });

  test('help wins over everything that is missing', () => {
    expect(parse('--help')).toBeNull();
  });

  test.each([
    [[], 'usage.arguments_wrong', 'Found no argument, wanted <ref>'],
    [['a', 'b'], 'usage.arguments_wrong', 'Found "a" "b", wanted <ref>'],
    [['a', '--prot'], 'usage.option_unknown', "Unknown option '--prot'"],
    [['a', '--port'], 'usage.option_unknown', "Option '--port <value>' argument missing"],
    [['a', '--port', 'x'], 'config.invalid', '--port: found "x", wanted a whole number'],
  ])('%j is refused', (args, code, message) => {
    let refusal: unknown;
    try {
      parse(...args);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(AshlarError);
    expect(refusal).toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('help', () => {
  test('the overview is pinned', () => {
    expect(overview(commands)).toMatchSnapshot();
  });

  test('a group shows its commands', () => {
    expect(groupHelp('gen', commands)).toMatchSnapshot();
  });

  test.each(commands)('$name explains itself', async ({ name, load }) => {
    const { command } = await load();
    expect(commandHelp(name, command)).toMatchSnapshot();
  });
});

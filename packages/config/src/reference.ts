import { defaultText } from './help.ts';
import { CONFIG_FILE_VARIABLE, optionEntries, type OptionEntry } from './option-entries.ts';

const PREAMBLE = `# Configuration

Every option can be given as a flag, as an environment variable, or in \`ashlar.toml\` in the current folder
(another file: \`--config <file>\` or \`${CONFIG_FILE_VARIABLE}\`). A flag wins over the environment, the environment over the
file, the file over the default. Relative paths in the file are taken from its folder. All faults are reported at once.

    # ashlar.toml
    [server]
    port = 8000

    [auth]
    site_url = "https://app.example.org"

This page is generated from the schema in \`packages/config/src/schema.ts\`.
`;

/** The reference page, `docs/configuration.md`. */
export function configurationPage(): string {
  const sections = groups().map(([title, entries]) => {
    const table = entries.map(
      ({ flag, environment, group, toml, option }) =>
        `| \`--${flag}\` | ${code([environment, option.alsoFrom])} | \`[${group}] ${toml}\` | ${cell(option.kind.wanted)} | ${code([defaultText(option.default)])} | ${cell(option.about)} |`,
    );
    return [
      `## ${title}`,
      '',
      '| Flag | Environment | `ashlar.toml` | Value | Default | |',
      '|---|---|---|---|---|---|',
      ...table,
      '',
    ].join('\n');
  });
  return [PREAMBLE, ...sections].join('\n');
}

/** The text of `.env.example`: every variable with its default, commented out. */
export function environmentExample(): string {
  const sections = groups().map(([title, entries]) => {
    const lines = entries.map(
      ({ environment, option }) => `# ${option.about}\n# ${environment}=${defaultText(option.default)}`,
    );
    return `## ${title}\n\n${lines.join('\n\n')}\n`;
  });
  return [
    '# Every variable Ashlar reads, with its default. Generated from packages/config/src/schema.ts.\n',
    ...sections,
  ].join('\n');
}

function groups(): [title: string, entries: OptionEntry[]][] {
  return [...Map.groupBy(optionEntries, ({ groupTitle }) => groupTitle)];
}

function code(names: readonly (string | null)[]): string {
  return names
    .filter((name) => name !== null && name !== '')
    .map((name) => `\`${name}\``)
    .join(', ');
}

function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`);
}

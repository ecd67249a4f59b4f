import packageJson from '../package.json' with { type: 'json' };

/** Of this program, as `ashlar --version` and `ashlar status` tell it. */
export const VERSION: string = packageJson.version;

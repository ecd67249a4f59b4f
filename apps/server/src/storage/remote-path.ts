import { usageErrors } from '../cli/cli-errors.ts';

const SCHEME = 'ss://';

/** A place in a project's files: `ss:///bucket/folder/name`. */
export interface RemotePath {
  /** Empty for all buckets. */
  readonly bucket: string;
  /** Name or beginning of names in it; empty for the whole bucket. */
  readonly key: string;
}

export function isRemote(path: string): boolean {
  return path.startsWith(SCHEME);
}

/** @throws {AshlarError} `usage.arguments_wrong` for what does not name a place in a bucket of this project. */
export function parseRemote(path: string, command: string): RemotePath {
  const [, bucket = '', key = ''] = /^ss:\/\/\/([^/]*)(?:\/(.*))?$/s.exec(path) ?? [];
  const isFine = path.startsWith(`${SCHEME}/`) && !(bucket === '' && key !== '') && !key.includes('//');
  if (isFine) return { bucket, key };
  throw usageErrors.argumentsWrong({ command, found: `"${path}"`, wanted: 'a place such as ss:///bucket/folder/file' });
}

/** Every name below a folder begins with it. Listings do not tell upper case from lower, so what they say is compared. */
export function isBelow(name: string, folder: string): boolean {
  return folder === '' || name.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

export function encodePath({ bucket, key }: RemotePath): string {
  return [bucket, ...key.split('/')].map(encodeURIComponent).join('/');
}

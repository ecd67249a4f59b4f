import { clusterErrors } from '../cluster/cluster-errors.ts';

/** Says in our words why a folder cannot be used; what is no fault of the folder comes back as it was. */
export function folderError(folder: string, error: unknown): unknown {
  const code = errnoCode(error);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return clusterErrors.folderForbidden({ folder, reason: code }, { cause: error });
    case 'ENOSPC':
    case 'EDQUOT':
      return clusterErrors.diskFull({ folder }, { cause: error });
    default:
      return error;
  }
}

/** The system error's name (`ENOENT`), if it is one. */
export function errnoCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

import type { Config } from '@ashlar/config';
import { createVaultMasterKeys, type MasterKeys } from '@ashlar/control';
import { cliErrors } from '../cli/cli-errors.ts';

/** Of the vault when there is one. @throws {AshlarError} `cli.vault_token_missing`. */
export function chooseMasterKeys({ control }: Config, ofFolder: MasterKeys): MasterKeys {
  const { vaultUrl, vaultToken, vaultMount, vaultPath } = control;
  if (vaultUrl === null) return ofFolder;
  if (vaultToken === null) throw cliErrors.vaultTokenMissing();
  return createVaultMasterKeys({ url: vaultUrl, token: vaultToken, mount: vaultMount, path: vaultPath });
}

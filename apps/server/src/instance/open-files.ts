import type { StorageConfig } from '@ashlar/config';
import { createFolderFileStore, createS3FileStore, type FileStore } from '@ashlar/storage';

/**
 * Where the bytes of the instance's files are.
 *
 * @param folder Holds them unless they are elsewhere.
 */
export function openFiles(config: StorageConfig, folder: string): FileStore {
  const { storageS3Bucket: bucket, storageS3AccessKey: accessKey, storageS3SecretKey: secretKey } = config;
  // With this backend the configuration is not accepted without all three.
  if (config.storageBackend === 'folder' || bucket === null || accessKey === null || secretKey === null) {
    return createFolderFileStore(folder, { reclaims: true });
  }
  return createS3FileStore({
    endpoint: config.storageS3Endpoint,
    region: config.storageS3Region,
    bucket,
    prefix: config.storageS3Prefix,
    accessKey,
    secretKey,
  });
}

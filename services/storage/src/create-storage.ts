import { join } from 'node:path';
import type { Service } from '@ashlar/service';
import type { Observe } from '@ashlar/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createFolderImageCache } from './adapters/folder-image-cache.ts';
import { createFolderPartialFiles } from './adapters/folder-partial-files.ts';
import { createImageProcess } from './adapters/image-process.ts';
import type { FileStore } from './application/file-store.ts';
import { FileSweeper } from './application/file-sweeper.ts';
import { isSettled, settleQuota } from './application/project-quota.ts';
import { createImages, type Images } from './application/render-object.ts';
import { storageContract } from './contract.ts';
import { storageErrors } from './domain/storage-errors.ts';
import { addAccessKeyRoutes } from './routes/access-key-routes.ts';
import { answer, answerError } from './routes/answer-error.ts';
import { addBucketRoutes } from './routes/bucket-routes.ts';
import { addChangeRoutes } from './routes/change-routes.ts';
import { addDownloadRoutes, addOpenDownloadRoutes } from './routes/download-routes.ts';
import { addListRoutes } from './routes/list-routes.ts';
import { addOpenRenderRoutes, addRenderRoutes } from './routes/render-routes.ts';
import { addResumableRoutes } from './routes/resumable-routes.ts';
import { addSignRoutes } from './routes/sign-routes.ts';
import { addSignedUploadRoute, addUploadRoutes } from './routes/upload-routes.ts';
import { addUsageRoute } from './routes/usage-route.ts';
import { renderRefusal } from './routes/wire-errors.ts';
import type { TokenVerifier } from './s3/authenticate.ts';
import type { S3Parts } from './s3/s3-call.ts';
import { addS3Routes } from './s3/s3-routes.ts';

export interface StorageOptions {
  readonly observe: Observe;
  /** Where the bytes are. */
  readonly files: FileStore;
  /** Folder on this machine for uploads that are not whole yet, and for pictures that were made. */
  readonly filesFolder: string;
  /** Judges session tokens of the S3 protocol. */
  readonly tokens: TokenVerifier;
  /** Region S3 clients sign for. */
  readonly s3Region: string;
  /** Largest file, in bytes. */
  readonly fileSizeLimitBytes: number;
  readonly clock?: () => Date;
  /** Set to false where bodies do not come from sockets: whoever sends them may still use their memory. */
  readonly reclaimsBodies?: boolean;
}

/** Beside the folders of projects, whose refs begin with a letter. */
const RENDERED = '.rendered';
/** Nothing that is asked for can contain one; of a path the names are checked. */
const NUL_IN_QUERY = /\?.*%00/;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const IMAGE_CACHE_BYTES = 268_435_456;

/** What clients ask for that is not built: they hear so instead of a puzzling 404. */
const ABSENT: readonly (readonly [url: string, feature: string])[] = [
  ['/vector/*', 'Vector storage'],
  ['/iceberg/*', 'Analytics storage'],
  ['/cdn/*', 'A CDN'],
];

/** The storage service: buckets and files of each request's project. */
export function createStorage(options: StorageOptions): Service {
  const { observe, files, filesFolder, fileSizeLimitBytes, tokens, s3Region, clock: now = () => new Date() } = options;
  const partials = createFolderPartialFiles(filesFolder, { reclaims: options.reclaimsBodies ?? true });
  const sweeper = new FileSweeper({ files, partials, now, observe });
  const regions = [...new Set([s3Region, LOCAL_REGION])];
  const parts: S3Parts = { files, partials, sweeper, fileSizeLimitBytes, now, observe, tokens, regions };
  const cache = createFolderImageCache(join(filesFolder, RENDERED), IMAGE_CACHE_BYTES);
  const images = createImages({ files, renderer: createImageProcess(), cache });
  return {
    contract: storageContract,
    routes: (app) => addRoutes(app, parts, images),
    async close() {
      images.close();
      await sweeper.close();
    },
  };
}

/** What Supabase's own tools call a server on one's own machine. */
const LOCAL_REGION = 'local';

function addRoutes(app: FastifyInstance, parts: S3Parts, images: Images): void {
  // Bodies stay streams; whoever wants JSON reads it, within a bound.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts.observe));
  app.addHook('onRequest', ({ url }, _reply, next) => {
    const isText = !NUL_IN_QUERY.test(url);
    next(
      isText ? undefined : storageErrors.invalidRequest({ detail: 'querystring holds a character that is no text' }),
    );
  });
  // Whatever door a write comes by. What only reads adds nothing.
  app.addHook('preHandler', async ({ method, ashlar: { project } }) => {
    if (!READS.has(method) && !isSettled(project)) await settleQuota(project);
  });
  app.addHook('onResponse', async ({ ashlar }) => parts.sweeper.due(ashlar.project));

  app.get('/status', async () => ({ status: 'ok' }));
  app.get('/health', async () => ({ status: 'ok' }));
  addOpenDownloadRoutes(app, parts);
  addSignedUploadRoute(app, parts);
  addS3Routes(app, parts, answer);
  addOpenRenderRoutes(app, parts, images);
  addResumableRoutes(app, parts, parts.observe);
  app.all('/*', async (request) => {
    throw storageErrors.notFound({ method: request.method, path: request.url.split('?', 1)[0] ?? '' });
  });
  void app.register((known, _options, done) => {
    known.addHook('onRequest', refuseUnknownCaller);
    for (const [url, feature] of ABSENT) {
      known.all(url, async () => {
        throw storageErrors.featureNotEnabled({ feature });
      });
    }
    addBucketRoutes(known, parts);
    addUploadRoutes(known, parts);
    addDownloadRoutes(known, parts);
    addRenderRoutes(known, images);
    addListRoutes(known);
    addChangeRoutes(known, parts);
    addSignRoutes(known, parts);
    addAccessKeyRoutes(known);
    addUsageRoute(known);
    done();
  });
}

async function refuseUnknownCaller(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const { refusal } = request.ashlar;
  return refusal === null ? undefined : answer(request, reply, renderRefusal(refusal));
}

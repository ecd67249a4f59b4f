export { BUILD_PROGRAM, CACHE_FOLDER, nameOfSources, PREBUILT_FOLDER } from './studio-sources.ts';

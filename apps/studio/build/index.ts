export { BUILD_PROGRAM, CACHE_FOLDER, hasStudio, nameOfSources, PREBUILT_FOLDER } from './studio-sources.ts';

import type { Suite } from '@ashlar/kernel';

/** Every suite a project can be given, once. */
export const suites: readonly Suite[] = [];

export { proofSize } from './proof-size.ts';
export { sharedCluster } from './shared-cluster.ts';
export { startTestCluster } from './test-cluster.ts';
export type { TestCluster } from './test-cluster.ts';
export { createTestProject } from './test-project.ts';
export type { TestProject, TestProjectOptions } from './test-project.ts';

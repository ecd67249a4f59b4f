export { proofSize } from './proof-size.ts';
export { runAshlar, startServer } from './server.ts';
export type { Ended, RunningServer, ServerOptions } from './server.ts';
export { sharedCluster } from './shared-cluster.ts';
export { testCertificate } from './test-certificate.ts';
export { startTestCluster } from './test-cluster.ts';
export type { TestCluster } from './test-cluster.ts';
export { createTestProject } from './test-project.ts';
export type { TestProject, TestProjectOptions } from './test-project.ts';

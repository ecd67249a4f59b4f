export { createData } from './create-data.ts';
export type { DataOptions } from './create-data.ts';
export { dataContract } from './data-contract.ts';
export { createTableGraph } from './graphql/create-table-graph.ts';

/** For `node:http` and Express. */
export { type NodeHandler, nodeHandler } from './receiver/node-adapter.ts'

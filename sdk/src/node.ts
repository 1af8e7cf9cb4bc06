/** For `node:http` and Express; and what is done now and then, which the everyday receiver does not carry. */
export { changeEndpoint, type EndpointChange, type EndpointChangeOptions } from './receiver/change-endpoint.ts'
export { type EvidenceOptions, exportEvidence } from './receiver/evidence.ts'
export { type NodeHandler, nodeHandler } from './receiver/node-adapter.ts'

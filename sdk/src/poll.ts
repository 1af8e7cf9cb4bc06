/** For receivers that nobody can reach: asks the portal for notices, with the same handlers, instead of or beside push. */
export { type Polling, type PollingOptions, startPolling } from './receiver/poll.ts'

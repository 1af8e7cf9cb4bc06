/** Where messages wait and cases are kept: in memory, in a folder, in a database, or in a store of yours that passes the same suites. */
export { type CaseStore, type CaseWrite, fileCases, memoryCases } from './inbox/cases.ts'
export { fileStore } from './inbox/file.ts'
export type {
  AddResult,
  InboxChange,
  InboxCounts,
  InboxMessage,
  InboxStore,
  MessagePatch,
  MessageState,
} from './inbox/inbox.ts'
export { memoryStore } from './inbox/memory.ts'
export type { OutboxReport, ReportChange, ReportPatch } from './inbox/outbox.ts'
export { type KeysFileOptions, loadKeys, loadOrCreateKeys, saveKeys } from './inbox/own-keys-file.ts'
export { sqlStore } from './inbox/sql.ts'
export { inTransaction, numbered, type SqlAdapter, type SqlQuery } from './inbox/sql-adapter.ts'
export { sqlCases } from './inbox/sql-cases.ts'
export type { SqlStoreOptions } from './inbox/sql-held.ts'

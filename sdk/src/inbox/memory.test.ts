import { describe, test } from 'vitest'
import { inboxConformance } from './conformance.ts'
import { memoryStore } from './memory.ts'

describe('the store in memory', () => {
  for (const { name, run } of inboxConformance(async () => ({ store: memoryStore, durable: false }))) test(name, run)
})

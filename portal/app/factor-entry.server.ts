/** Entering a second factor, for the page that asks for it. */
import type { ActionFunctionArgs } from '@remix-run/node'
import type { PersonActor } from '../people/may.ts'
import { askPasskey, enterPasskey } from '../people/passkey.ts'
import { enterRecoveryCode, enterTotp } from '../people/totp.ts'
import { intentOf, word } from './forms.server.ts'

export type Entry =
  | { result: 'entered' }
  | { result: 'asked'; options: unknown }
  | { result: 'wrong'; left: number }
  | { result: 'wait'; until: string }
  | { result: 'refused' }

/** One form, one way of showing it. What was wrong counts, whichever way. */
export async function enterFactor({ request, context }: ActionFunctionArgs, actor: PersonActor): Promise<Entry> {
  const { ground } = context
  const form = await request.formData()
  switch (intentOf(form, ['ask-passkey', 'passkey', 'recovery', 'code'])) {
    case 'ask-passkey': {
      const asked = await askPasskey(ground, actor)
      return asked.result === 'asked' ? asked : { result: 'refused' }
    }
    case 'passkey':
      return said(await enterPasskey(ground, actor, parsed(word(form, 'response'))))
    case 'recovery':
      return said(await enterRecoveryCode(ground, actor, word(form, 'recovery')))
    case 'code':
      return said(await enterTotp(ground, actor, word(form, 'code')))
  }
}

/** What a browser made of a passkey; anything that is no JSON is no answer. */
export function parsed(response: string): unknown {
  try {
    return response.length > 20_000 ? null : JSON.parse(response)
  } catch {
    return null
  }
}

type Guessed =
  | { result: 'entered' | 'not-set-up' }
  | { result: 'wrong'; left: number }
  | { result: 'wait'; until: Date }

function said(guessed: Guessed): Entry {
  if (guessed.result === 'wait') return { result: 'wait', until: guessed.until.toISOString() }
  return guessed.result === 'not-set-up' ? { result: 'refused' } : (guessed as Entry)
}

/** What the pages of both sides do with tokens for programs. */
import type { Ground } from '../ground/ground.ts'
import { addApiToken, rotateApiToken } from '../people/add-api-token.ts'
import { findApiTokens, withdrawApiToken } from '../people/find-api-tokens.ts'
import { allScopes, may, type PersonActor, scopesFor } from '../people/may.ts'
import { isFresh } from '../people/session.ts'
import { forbidden } from './access.server.ts'
import { type Complaint, complaintsOf, intentOf, word } from './forms.server.ts'
import type { Text } from './language/text.ts'

export interface ProgramsAnswer {
  said: 'programs-revoked' | 'programs-unknown' | 'programs-too-many' | 'fresh-needed' | null
  /** Part of this one answer, and of no page after it. */
  token: string | null
  complaints: Complaint[]
  draft: { name: string; scopes: string[]; live: boolean; days: string }
}

const silent: ProgramsAnswer = {
  said: null,
  token: null,
  complaints: [],
  draft: { name: '', scopes: [], live: true, days: '90' },
}

export async function readPrograms(ground: Ground, actor: PersonActor) {
  const found = await findApiTokens(ground, actor)
  if (found.result !== 'found') throw forbidden()
  return {
    tokens: found.tokens.map((token) => ({
      ...token,
      createdAt: token.createdAt.toISOString(),
      expiresAt: token.expiresAt?.toISOString() ?? null,
      lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
    })),
    scopes: scopesFor(actor.orgKind),
    fresh: may(actor, 'tokens.write') && (await isFresh(ground, actor)),
  }
}

/** Making, rotating and revoking: each asks who is there within ten minutes. */
export async function changePrograms(
  ground: Ground,
  actor: PersonActor,
  form: FormData,
  text: Text,
): Promise<{ answer: ProgramsAnswer; status: number }> {
  if (!(await isFresh(ground, actor))) return { answer: { ...silent, said: 'fresh-needed' }, status: 403 }
  const id = word(form, 'token')
  switch (intentOf(form, ['add', 'rotate', 'revoke'])) {
    case 'add':
      return add(ground, actor, form, text)
    case 'rotate': {
      const rotated = await rotateApiToken(ground, actor, id, Number(word(form, 'hours') || Number.NaN))
      if (rotated.result === 'forbidden') throw forbidden()
      if (rotated.result !== 'rotated') return { answer: { ...silent, said: 'programs-unknown' }, status: 422 }
      return { answer: { ...silent, token: rotated.token }, status: 200 }
    }
    case 'revoke': {
      const { result } = await withdrawApiToken(ground, actor, id)
      if (result === 'forbidden') throw forbidden()
      if (result === 'unknown-token') return { answer: { ...silent, said: 'programs-unknown' }, status: 422 }
      return { answer: { ...silent, said: 'programs-revoked' }, status: 200 }
    }
  }
}

async function add(ground: Ground, actor: PersonActor, form: FormData, text: Text) {
  const scopes = form.getAll('scope').filter((one): one is string => typeof one === 'string')
  const draft = { name: word(form, 'name'), scopes, live: word(form, 'live') !== 'no', days: word(form, 'days') }
  const known = allScopes.filter((scope) => scopes.includes(scope))
  const days = draft.days === 'forever' ? null : Number(draft.days)
  const added = await addApiToken(ground, actor, { name: draft.name, scopes: known, live: draft.live, days })
  switch (added.result) {
    case 'forbidden':
      throw forbidden()
    case 'too-many':
      return { answer: { ...silent, said: 'programs-too-many' as const, draft }, status: 422 }
    case 'added':
      return { answer: { ...silent, token: added.token }, status: 200 }
    case 'invalid': {
      const complaints = complaintsOf(added.errors, text, (pointer) => {
        const field = ({ name: 'name', scopes: 'scope', days: 'days' } as Record<string, 'name' | 'scope' | 'days'>)[
          pointer.split('/')[1] ?? ''
        ]
        return field ? { field, label: text(`programs-${field === 'scope' ? 'scopes' : field}`) } : null
      })
      return { answer: { ...silent, complaints, draft }, status: 422 }
    }
  }
}

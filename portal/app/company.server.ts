/** What the pages of both sides do with an organisation's own data. */
import type { Ground } from '../ground/ground.ts'
import { acceptTerms } from '../people/accept-terms.ts'
import { changeOrganisation } from '../people/change-organisation.ts'
import { describeOrganisation } from '../people/describe-organisation.ts'
import { may, type PersonActor } from '../people/may.ts'
import { forbidden } from './access.server.ts'
import { type Complaint, complaintsOf, word } from './forms.server.ts'
import type { Text } from './language/text.ts'
import { type CompanyField, companyFields, companyLabels } from './ui/company-form.tsx'

export interface CompanyAnswer {
  said: 'company-saved' | 'company-unchanged' | 'company-consent-done' | null
  complaints: Complaint[]
  draft: Partial<Record<CompanyField, string>> | null
}

/** Ready for the page: instants as text, and what the reader may do. */
export async function readCompany(ground: Ground, actor: PersonActor) {
  const described = await describeOrganisation(ground, actor)
  if (described.result !== 'found') throw forbidden()
  const { organisation } = described
  const { terms } = organisation
  return {
    id: organisation.id,
    name: organisation.name,
    notifierKind: organisation.notifierKind,
    trustedFlagger: organisation.trustedFlagger,
    standing: organisation.standing,
    adheresSince: organisation.adheresSince?.toISOString() ?? null,
    values: Object.fromEntries(companyFields.map((name) => [name, organisation[name] ?? ''])) as Record<
      CompanyField,
      string
    >,
    terms: terms && {
      ...terms,
      history: terms.history.map((line) => ({ ...line, acceptedAt: line.acceptedAt.toISOString() })),
    },
    may: {
      write: may(actor, 'company.write'),
      accept: may(actor, 'terms.accept'),
      consent: may(actor, 'consents.write'),
    },
  }
}

export async function saveCompany(
  ground: Ground,
  actor: PersonActor,
  form: FormData,
  text: Text,
): Promise<{ answer: CompanyAnswer; status: number }> {
  const draft = Object.fromEntries(companyFields.map((name) => [name, word(form, name)]))
  const changed = await changeOrganisation(ground, actor, draft)
  switch (changed.result) {
    case 'forbidden':
      throw forbidden()
    case 'changed':
    case 'unchanged': {
      const said = changed.result === 'changed' ? 'company-saved' : 'company-unchanged'
      return { answer: { said, complaints: [], draft: null }, status: 200 }
    }
    case 'invalid': {
      const complaints = complaintsOf(changed.errors, text, (pointer) => {
        const field = companyFields.find((name) => pointer === `/${name}`)
        return field ? { field, label: text(companyLabels[field]) } : null
      })
      return { answer: { said: null, complaints, draft }, status: 422 }
    }
  }
}

export async function acceptTermsNow(ground: Ground, actor: PersonActor, form: FormData): Promise<CompanyAnswer> {
  const accepted = await acceptTerms(ground, actor, word(form, 'terms'))
  if (accepted.result === 'forbidden') throw forbidden()
  return { said: accepted.result === 'other-version' ? null : 'company-consent-done', complaints: [], draft: null }
}

import type { Fact } from '../facts/facts.ts'
import type { Ground, OutgoingMail } from '../ground/ground.ts'
import { selectVerifiedContacts } from './provider-store.server.ts'

/**
 * Where notices go, or for which keys, was changed: every contact hears of it, because whoever took a token or an account
 * could do so unseen otherwise. Run twice, it mails the same under the same id.
 */
export async function mailEndpointChange(ground: Ground, fact: Fact<'endpoint.changed'>): Promise<void> {
  const { orgId, endpointId, change } = fact.payload
  const parts = change.split(' ')
  if (!parts.some((part) => part !== 'description')) return
  const link = `${ground.config.origin}/provider`
  for (const contact of await selectVerifiedContacts(ground.db.read, orgId)) {
    await ground.mail.send({
      id: `change-${fact.id}-${contact.id}`,
      to: contact.email,
      ...letters[contact.locale === 'nl' ? 'nl' : 'en']({ endpointId, at: fact.at.toISOString(), link }),
    })
  }
}

interface Changed {
  endpointId: string
  at: string
  link: string
}

const letters: { readonly [locale in 'en' | 'nl']: (changed: Changed) => Pick<OutgoingMail, 'subject' | 'text'> } = {
  en: ({ endpointId, at, link }) => ({
    subject: 'An endpoint of yours was changed',
    text: [
      'The address or the keys of an endpoint of yours were changed. Until it is verified again, nothing is pushed there.',
      '',
      `Endpoint: ${endpointId}`,
      `When: ${at}`,
      '',
      `If you did not do this, sign in and tell the desk at once: ${link}`,
    ].join('\n'),
  }),
  nl: ({ endpointId, at, link }) => ({
    subject: 'Een koppeling van u is gewijzigd',
    text: [
      'Het adres of de sleutels van een koppeling van u zijn gewijzigd. Tot zij opnieuw is bevestigd, wordt er niets bezorgd.',
      '',
      `Koppeling: ${endpointId}`,
      `Wanneer: ${at}`,
      '',
      `Hebt u dit niet gedaan? Meld u aan en waarschuw de meldkamer meteen: ${link}`,
    ].join('\n'),
  }),
}

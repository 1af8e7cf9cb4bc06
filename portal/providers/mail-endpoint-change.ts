import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { selectVerifiedContacts } from './provider-store.server.ts'

/** What turns no notice elsewhere and opens none to anybody. */
const quiet = ['description', 'in_flight']

/**
 * Where notices go, or for which keys, was changed, or they go there no longer: every contact hears of it, because whoever
 * took a token or an account could turn them elsewhere unseen otherwise. Run twice, it mails the same under the same id.
 */
export async function mailEndpointChange(
  ground: Ground,
  fact: Fact<'endpoint.changed' | 'endpoint.paused' | 'endpoint.retired'>,
): Promise<void> {
  const changed = fact.kind === 'endpoint.changed' ? fact.payload.change.split(' ') : []
  if (changed.length > 0 && changed.every((one) => quiet.includes(one))) return
  const { orgId, endpointId } = fact.payload
  const onlyNetworks = changed.includes('networks') && changed.every((one) => one === 'networks' || quiet.includes(one))
  const what = onlyNetworks ? 'endpoint.bound' : fact.kind
  const link = `${ground.config.origin}/provider`
  for (const contact of await selectVerifiedContacts(ground.db.read, orgId)) {
    const letter = letters[contact.locale === 'nl' ? 'nl' : 'en'][what]
    await ground.mail.send({
      id: `change-${fact.id}-${contact.id}`,
      to: contact.email,
      subject: letter.subject,
      text: letter.text({ endpointId, at: fact.at.toISOString(), link }),
      about: { purpose: 'endpoint_change', orgId, contactId: contact.id, of: endpointId },
    })
  }
}

interface Changed {
  endpointId: string
  at: string
  link: string
}

interface Letter {
  subject: string
  text(changed: Changed): string
}

type Change = 'endpoint.changed' | 'endpoint.bound' | 'endpoint.paused' | 'endpoint.retired'

export const letters: { readonly [locale in 'en' | 'nl']: { readonly [K in Change]: Letter } } = {
  en: {
    'endpoint.changed': {
      subject: 'An endpoint of yours was changed',
      text: (changed) =>
        english('Its address or its keys were changed. Until it is verified again, nothing is pushed there.', changed),
    },
    'endpoint.bound': {
      subject: 'An endpoint of yours serves other networks',
      text: (changed) =>
        english('Which of your networks it serves was changed: notices about the others go elsewhere.', changed),
    },
    'endpoint.retired': {
      subject: 'An endpoint of yours was removed',
      text: (changed) => english('Nothing is sent there again. Notices come by your other ways.', changed),
    },
    'endpoint.paused': {
      subject: 'An endpoint of yours is paused',
      text: (changed) =>
        english('Nothing is pushed there until it is resumed. Notices come by your other ways.', changed),
    },
  },
  nl: {
    'endpoint.changed': {
      subject: 'Een koppeling van u is gewijzigd',
      text: (changed) =>
        dutch('Haar adres of sleutels zijn gewijzigd. Tot zij opnieuw is bevestigd, wordt er niets bezorgd.', changed),
    },
    'endpoint.bound': {
      subject: 'Een koppeling van u bedient andere netwerken',
      text: (changed) =>
        dutch('Welke van uw netwerken zij bedient is gewijzigd: meldingen over de andere gaan elders heen.', changed),
    },
    'endpoint.retired': {
      subject: 'Een koppeling van u is verwijderd',
      text: (changed) => dutch('Er wordt daar niets meer bezorgd. Meldingen komen langs uw andere wegen.', changed),
    },
    'endpoint.paused': {
      subject: 'Een koppeling van u staat stil',
      text: (changed) =>
        dutch('Er wordt niets bezorgd tot zij weer aan gaat. Meldingen komen langs uw andere wegen.', changed),
    },
  },
}

function english(what: string, { endpointId, at, link }: Changed): string {
  const end = `If you know nothing of it, sign in and tell the desk at once: ${link}`
  return [what, '', `Endpoint: ${endpointId}`, `When: ${at}`, '', end].join('\n')
}

function dutch(what: string, { endpointId, at, link }: Changed): string {
  const end = `Weet u van niets? Meld u aan en waarschuw de desk meteen: ${link}`
  return [what, '', `Koppeling: ${endpointId}`, `Wanneer: ${at}`, '', end].join('\n')
}

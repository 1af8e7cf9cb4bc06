import { eventTypes } from '@noticeline/sdk/protocol'
import { msOf } from '../deadlines/duration.ts'
import type { Fact } from '../facts/facts.ts'
import { record } from '../facts/record.ts'
import type { Ground, OutgoingMail } from '../ground/ground.ts'
import { readNotice } from '../notices/read-notice.ts'
import { makeAnswerLink } from './answer-link.ts'
import { selectChannels, wasPointed } from './channel-store.server.ts'
import { hasArrived } from './delivery.ts'
import { type DeliveryRow, lockDelivery, selectAddressed, selectDelivery } from './delivery-store.server.ts'
import { offerDelivery } from './settle-delivery.ts'

/** Nobody's endpoint can be tried: the first contact gets a mail that says where to look, and nothing about where or what. */
export async function pointContact(ground: Ground, fact: Fact<'delivery.queued'>): Promise<void> {
  const delivery = await selectDelivery(ground.db.read, fact.payload.deliveryId)
  if (!delivery) return
  const { push, poll } = await selectChannels(ground.db.read, delivery.orgId)
  if (!push && !poll) await mailPointer(ground, delivery)
}

/** One pointer a delivery, whoever asks for it. Mailed before it is noted, so that it is never noted without being mailed. */
export async function mailPointer(ground: Ground, delivery: DeliveryRow): Promise<void> {
  if (hasArrived(delivery.state as 'queued') || delivery.event === eventTypes.closed) return
  if (await wasPointed(ground.db.read, delivery)) return
  const { contact } = await selectChannels(ground.db.read, delivery.orgId)
  const notice = await readNotice(ground.db.read, delivery.noticeId)
  if (!notice || !contact) return
  const { id: deliveryId, noticeId, orgId, event } = delivery
  const addressed = await selectAddressed(ground.db.read, noticeId)
  const link = await ground.db.transaction((tx) => makeAnswerLink(ground, tx, delivery, contact.id))
  await ground.mail.send({
    // The same mail if this runs again, so that a mailbox holds it once.
    id: `pointer-${deliveryId}`,
    to: contact.email,
    ...pointerMail[contact.locale]({
      noticeId,
      count: addressed.filter((one) => one.orgId === orgId).length,
      regime: notice.regime,
      hours: (msOf(notice.deadlineWithin) ?? 0) / 3_600_000,
      link: `${ground.config.origin}/answer/${link.token}`,
      until: link.expiresAt,
      asked: `${ground.config.origin}/asked`,
      withdrawn: event === eventTypes.withdrawn,
    }),
    about: { orgId, contactId: contact.id, purpose: 'pointer', noticeId, deliveryId },
  })
  await ground.db.transaction(async (tx) => {
    const locked = await lockDelivery(tx.db, deliveryId)
    if (!locked || (await wasPointed(tx.db, locked))) return
    await offerDelivery(tx, locked)
    await record(tx, noticeId, 'delivery.pointed', { noticeId, deliveryId, orgId, contactId: contact.id })
  })
}

export interface Pointer {
  noticeId: string
  count: number
  regime: string
  hours: number
  /** To the page where it is answered. */
  link: string
  until: Date
  /** Where whoever doubts this mail asks whether it was sent. */
  asked: string
  withdrawn: boolean
}

/** Numbers, counts, times and links of ours: whoever reads over the shoulder, or in a mail archive, learns nothing else. */
export const pointerMail: {
  readonly [locale in 'en' | 'nl']: (pointer: Pointer) => Pick<OutgoingMail, 'subject' | 'text'>
} = {
  en: ({ noticeId, count, regime, hours, link, until, asked, withdrawn }) => ({
    subject: withdrawn ? `Notice ${noticeId} was withdrawn` : `Notice ${noticeId}`,
    text: [
      withdrawn ? 'A notice to you was withdrawn.' : 'There is a notice for you.',
      '',
      `Number: ${noticeId}`,
      `Items: ${count}`,
      `Regime: ${regime}`,
      ...(withdrawn ? [] : [`Time: ${hours} ${hours === 1 ? 'hour' : 'hours'} from receipt`]),
      '',
      withdrawn
        ? 'To see what goes back, and to say that it is back, open this page and type the number. You need no account:'
        : 'To see what is asked, and to answer, open this page and type the number. You need no account:',
      '',
      link,
      '',
      `The page works until ${until.toISOString().slice(0, 10)}, for this mailbox and this notice only. Opening it changes nothing.`,
      '',
      `Noticeline carries notices of hotlines and authorities to hosting companies. To make sure that we sent this, ask: ${asked}`,
      '',
      'This mail says nothing about what or where on purpose. Reading it is no receipt.',
    ].join('\n'),
  }),
  nl: ({ noticeId, count, regime, hours, link, until, asked, withdrawn }) => ({
    subject: withdrawn ? `Melding ${noticeId} is ingetrokken` : `Melding ${noticeId}`,
    text: [
      withdrawn ? 'Een melding aan u is ingetrokken.' : 'Er is een melding voor u.',
      '',
      `Nummer: ${noticeId}`,
      `Aantal: ${count}`,
      `Regime: ${regime}`,
      ...(withdrawn ? [] : [`Termijn: ${hours} uur na ontvangst`]),
      '',
      withdrawn
        ? 'Om te zien wat terug moet, en te melden dat het terug is, opent u deze pagina en typt u het nummer. U hebt geen account nodig:'
        : 'Om te zien wat wordt gevraagd, en te antwoorden, opent u deze pagina en typt u het nummer. U hebt geen account nodig:',
      '',
      link,
      '',
      `De pagina werkt tot ${until.toISOString().slice(0, 10)}, alleen voor deze mailbox en deze melding. Openen verandert niets.`,
      '',
      `Noticeline brengt meldingen van meldpunten en autoriteiten naar hostingbedrijven. Wilt u zeker weten dat wij dit stuurden, vraag het hier: ${asked}`,
      '',
      'Deze mail zegt met opzet niet wat of waar. Hem lezen geldt niet als ontvangst.',
    ].join('\n'),
  }),
}

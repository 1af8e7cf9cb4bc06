import type { Fact } from '../facts/facts.ts'
import type { Ground } from '../ground/ground.ts'
import { endOf, invitationToken } from './invitation.ts'
import { selectInvitation } from './invitation-store.server.ts'
import { selectOrganisations, selectPerson } from './people-store.server.ts'
import type { Locale } from './person.ts'
import { plainName } from './plain-name.ts'

interface Letter {
  subject(organisation: string): string
  text(of: { organisation: string; by: string | null; link: string; until: string }): string
}

export const letters: Record<Locale, Letter> = {
  en: {
    subject: (organisation) => `Invitation: join ${organisation} at Noticeline`,
    text: ({ organisation, by, link, until }) => `Hello,

${by ? `${by} has invited you` : 'You have been invited'} to join ${organisation} at Noticeline, the line between those who find illegal
material and the companies on whose servers it stands.

Open this link and press the button there to join:

${link}

It works once, until ${until}, and only for this mailbox. If you do not know what this is about, do nothing: opening it
changes nothing.

Noticeline
`,
  },
  nl: {
    subject: (organisation) => `Uitnodiging: doe mee met ${organisation} op Noticeline`,
    text: ({ organisation, by, link, until }) => `Dag,

${by ? `${by} heeft u uitgenodigd` : 'U bent uitgenodigd'} om lid te worden van ${organisation} op Noticeline, de lijn tussen wie strafbaar
materiaal vindt en de bedrijven op wier servers het staat.

Open deze link en druk daar op de knop om mee te doen:

${link}

De link werkt één keer, tot ${until}, en alleen voor dit postvak. Weet u niet waar dit over gaat? Dan hoeft u niets te
doen: openen verandert niets.

Noticeline
`,
  },
}

/** Mails an invitation that still stands. Run twice, it mails the same one under the same id. */
export async function mailInvitation(ground: Ground, fact: Fact<'member.invited'>): Promise<void> {
  const { read } = ground.db
  const invitation = await selectInvitation(read, fact.payload.invitationId)
  if (!invitation || endOf(invitation, ground.clock.now())) return
  const [organisation] = await selectOrganisations(read, [invitation.orgId])
  if (!organisation || organisation.suspendedAt) return
  const inviter = invitation.invitedBy ? await selectPerson(read, invitation.invitedBy) : null
  const letter = letters[invitation.locale === 'nl' ? 'nl' : 'en']
  const link = new URL(`/invitation/${invitationToken(ground, invitation.id)}`, ground.config.origin)
  await ground.mail.send({
    id: `mal_${invitation.id}_${fact.payload.sent}`,
    to: invitation.email,
    subject: letter.subject(plainName(organisation.name)),
    text: letter.text({
      organisation: plainName(organisation.name),
      by: inviter ? plainName(inviter.name) : null,
      link: link.href,
      until: `${invitation.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    }),
    about: { purpose: 'invitation', orgId: invitation.orgId, of: invitation.id },
  })
}

import type { ReactNode } from 'react'
import type { OrganisationFile } from '../../../inbox/find-organisation-file.ts'
import { useText } from '../../language/use-text.ts'
import { Moment } from '../../ui/moment.tsx'
import { Id, Pairs, Panel } from '../../ui/page.tsx'

type File = OrganisationFile

function At({ at }: { at: Date | string }) {
  return <Moment at={new Date(at).toISOString()} short />
}

/** What is known of it, and from where. */
export function Known({ file }: { file: File }) {
  const text = useText()
  const since = (at: Date | null) => (at ? <At at={at} /> : null)
  return (
    <Panel title={text('organisation-known')} id="known">
      <Pairs
        pairs={[
          [text('organisation-from'), text(`organisation-from.${file.from}`)],
          [
            text('organisations-kind'),
            text.code(file.notifierKind ? 'kind' : 'org-kind', file.notifierKind ?? file.kind),
          ],
          file.registryHandle !== null && [text('organisation-handle'), <Id key="handle">{file.registryHandle}</Id>],
          [text('company-country'), file.country === 'ZZ' ? text('org-country-unknown') : file.country],
          file.legalName !== null && [text('company-legal-name'), file.legalName],
          file.registryNumber !== null && [
            text('company-registry-number'),
            `${file.registry ?? ''} ${file.registryNumber}`.trim(),
          ],
          file.phone !== null && [text('company-phone'), file.phone],
          file.kind === 'notifier' && [text('invite-trusted'), text(file.trustedFlagger ? 'report-yes' : 'report-no')],
          [text('organisation-joined'), since(file.joinedAt) ?? text('organisation-joined-not')],
          file.admissionAskedAt !== null && [text('organisation-asked'), since(file.admissionAskedAt)],
          file.admittedAt !== null && [text('organisation-admitted'), since(file.admittedAt)],
          file.suspendedAt !== null && [text('organisation-suspended'), since(file.suspendedAt)],
          file.adheresSince !== null && [text('company-adheres'), since(file.adheresSince)],
          [
            text('organisation-mails'),
            file.mails.length === 0
              ? text('organisation-mails-none')
              : file.mails.map(({ state, count }) => `${text.code('mail-state', state)}: ${count}`).join(' · '),
          ],
          [text('company-terms'), file.terms[0] ? <TermsLine key="terms" terms={file.terms[0]} /> : '–'],
          file.consents.length > 0 && [text('company-consents'), <ConsentLines key="consents" file={file} />],
        ]}
      />
    </Panel>
  )
}

function TermsLine({ terms }: { terms: File['terms'][number] }) {
  const text = useText()
  return (
    <>
      <Id>{terms.version}</Id>, <At at={terms.acceptedAt} /> {text('company-consent-by', { person: terms.personName })}
    </>
  )
}

function ConsentLines({ file }: { file: File }) {
  const text = useText()
  return (
    <ul>
      {file.consents.map((consent) => (
        <li key={`${consent.regime}${String(consent.givenAt)}`}>
          {text.code('regime', consent.regime)}: {text('company-consent-given')} <At at={consent.givenAt} />
          {consent.withdrawnAt ? (
            <>
              , {text('company-consent-withdrawn')} <At at={consent.withdrawnAt} />
            </>
          ) : null}
        </li>
      ))}
    </ul>
  )
}

function Lines({ title, id, none, children }: { title: string; id: string; none: string; children: ReactNode[] }) {
  return (
    <Panel title={title} id={id}>
      {children.length === 0 ? <p className="text-soft">{none}</p> : <ul className="grid gap-2">{children}</ul>}
    </Panel>
  )
}

/** Contacts, networks, endpoints, people, and what was decided. */
export function Parts({ file }: { file: File }) {
  const text = useText()
  const provider = file.kind === 'provider'
  return (
    <>
      {provider ? (
        <>
          <Lines title={text('organisation-contacts')} id="contacts" none={text('organisation-contacts-none')}>
            {file.contacts.map((contact) => (
              <li key={contact.id}>
                {contact.email} · {text.code('org-contact-kind', contact.kind)} ·{' '}
                {text.code('organisation-contact-source', contact.source)} ·{' '}
                {contact.verifiedAt ? (
                  <>
                    {text('organisation-contact-answered')} <At at={contact.verifiedAt} />
                  </>
                ) : (
                  text('organisation-contact-silent')
                )}
              </li>
            ))}
          </Lines>
          <Lines title={text('organisation-networks')} id="networks" none={text('organisation-networks-none')}>
            {[
              ...file.networks.map((network) => (
                <li key={network.id}>
                  <Id>{network.label}</Id> · {text.code('org-proof', network.proof)} ·{' '}
                  {network.endedAt ? (
                    <>
                      {text('organisation-network-ended')} <At at={network.endedAt} />
                    </>
                  ) : network.effectiveAt ? (
                    <>
                      {text('organisation-network-from')} <At at={network.effectiveAt} />
                    </>
                  ) : (
                    text('organisation-network-not')
                  )}
                </li>
              )),
              ...file.claims
                .filter(({ counts }) => !counts)
                .map((claim) => (
                  <li key={claim.id}>
                    <Id>{claim.label}</Id> · {text.code('org-proof', claim.proof)} ·{' '}
                    {text(claim.proven ? 'organisation-network-proven' : 'organisation-network-unproven')}
                  </li>
                )),
            ]}
          </Lines>
          <Lines title={text('organisation-endpoints')} id="endpoints" none={text('organisation-endpoints-none')}>
            {file.endpoints.map((endpoint) => (
              <li key={endpoint.id}>
                <Id>{endpoint.id}</Id> ·{' '}
                {text(endpoint.push ? 'organisation-endpoint-push' : 'organisation-endpoint-poll')} ·{' '}
                {text.code('org-endpoint-state', endpoint.state)}
              </li>
            ))}
          </Lines>
        </>
      ) : null}
      <Lines title={text('organisation-people')} id="people" none={text('organisation-people-none')}>
        {file.people.map((person) => (
          <li key={person.id}>
            {person.name} · {person.email} · {text.code('org-role', person.role)}
          </li>
        ))}
      </Lines>
      <Lines title={text('organisation-decisions')} id="decisions" none={text('organisation-decisions-none')}>
        {file.decisions.map((decision) => (
          <li key={decision.id}>
            <At at={decision.decidedAt} /> {text.code('decision', decision.decision)} ·{' '}
            {decision.personName ?? text('organisation-decision-clock')}
            <span className="block text-soft">{decision.reason}</span>
          </li>
        ))}
      </Lines>
    </>
  )
}

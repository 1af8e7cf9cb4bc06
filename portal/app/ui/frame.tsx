import { Form, Link, NavLink, useLocation, useRouteError } from '@remix-run/react'
import type { ReactNode } from 'react'
import { languages } from '../language/catalogue.ts'
import { useText } from '../language/use-text.ts'

export type Theme = 'auto' | 'light' | 'dark'
export const themes: readonly Theme[] = ['auto', 'light', 'dark']

export interface Reader {
  personName: string
  orgName: string
  orgKind: 'provider' | 'notifier' | 'platform'
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2.4" aria-hidden="true" focusable="false">
      <path d="M1 21h9l3-12 6 16 3-9h9" strokeLinejoin="round" strokeLinecap="round" />
    </svg>
  )
}

export function Masthead({ reader, mailbox }: { reader: Reader | null; mailbox: boolean }) {
  const text = useText()
  return (
    <header className={reader ? 'masthead masthead-signed-in' : 'masthead'}>
      <div className="wrap">
        <Link to="/" className="brand">
          <Mark />
          Noticeline
        </Link>
        {reader ? <Who reader={reader} /> : null}
        <nav className="nav" aria-label={text('nav-label')}>
          {reader ? <SideLinks side={reader.orgKind} /> : null}
          {!reader ? (
            <a className="nav-link" href="/docs">
              {text('nav-docs')}
            </a>
          ) : null}
          {mailbox ? (
            <NavLink className="nav-link" to="/mailbox">
              {text('nav-mailbox')}
            </NavLink>
          ) : null}
        </nav>
        {reader ? null : (
          <div className="who">
            <Link className="button" to="/sign-in">
              {text('nav-sign-in')}
            </Link>
          </div>
        )}
      </div>
    </header>
  )
}

/** In the order in which it is seen: who is signed in stands beside the name, and where one can go in the row below. */
function Who({ reader }: { reader: Reader }) {
  const text = useText()
  return (
    <div className="who">
      <NavLink className="nav-link" to="/account">
        <span className="who-short">{text('nav-account')}</span>
        <span className="who-name">
          {reader.personName} <span className="text-soft">· {reader.orgName}</span>
        </span>
      </NavLink>
      <Form method="post" action="/sign-out" reloadDocument>
        <button className="button button-plain" type="submit">
          {text('nav-sign-out')}
        </button>
      </Form>
    </div>
  )
}

function SideLinks({ side }: { side: Reader['orgKind'] }) {
  const text = useText()
  const links: Record<Reader['orgKind'], readonly (readonly [string, string])[]> = {
    notifier: [
      ['/notifier/notices', text('nav-notices')],
      ['/notifier/notices/new', text('nav-new-notice')],
      ['/notifier/programs', text('nav-programs')],
      ['/notifier/people', text('nav-people')],
      ['/notifier/company', text('nav-organisation')],
    ],
    provider: [
      ['/provider', text('nav-inbox')],
      ['/provider/deliveries', text('nav-my-deliveries')],
      ['/provider/contacts', text('nav-contacts')],
      ['/provider/networks', text('nav-networks')],
      ['/provider/endpoints', text('nav-endpoints')],
      ['/provider/programs', text('nav-programs')],
      ['/provider/people', text('nav-people')],
      ['/provider/company', text('nav-company')],
      ['/provider/joining', text('nav-joining')],
    ],
    platform: [
      ['/operator', text('nav-desk')],
      ['/operator/tasks', text('nav-tasks')],
      ['/operator/deliveries', text('nav-deliveries')],
      ['/operator/mails', text('nav-mails')],
      ['/operator/admissions', text('nav-admissions')],
      ['/operator/networks', text('nav-networks')],
      ['/operator/organisations', text('nav-organisations')],
      ['/operator/audit', text('nav-audit')],
      ['/operator/keys', text('nav-keys')],
      ['/operator/people', text('nav-people')],
    ],
  }
  return (
    <>
      {links[side].map(([to, label]) => (
        <NavLink className="nav-link" to={to} end key={to}>
          {label}
        </NavLink>
      ))}
    </>
  )
}

/** Language and theme: plain forms, so that they work before and without scripts. */
export function Colophon({ theme, reader }: { theme: Theme; reader: Reader | null }) {
  const text = useText()
  return (
    <footer className="colophon">
      <div className="wrap">
        <p className="text-soft">
          {reader
            ? text('signed-in-as', { person: reader.personName, organisation: reader.orgName })
            : text('colophon')}
        </p>
        <div className="flex flex-wrap gap-x-6 gap-y-2">
          <Preference name="language" label={text('language-label')} current={text.language}>
            {languages.map((language) => [language, text(`language-${language}`), language])}
          </Preference>
          <Preference name="theme" label={text('theme-label')} current={theme}>
            {themes.map((name) => [name, text(`theme-${name}`)])}
          </Preference>
        </div>
      </div>
    </footer>
  )
}

function Preference({
  name,
  label,
  current,
  children,
}: {
  name: string
  label: string
  current: string
  children: readonly (readonly [string, string, string?])[]
}) {
  const { pathname, search } = useLocation()
  // Outside a failure this is null or undefined, by the version.
  const failed = (useRouteError() ?? null) !== null
  return (
    <form method="post" action="/preferences" className="switch-row">
      <fieldset className="switch-row">
        <legend className="sr-only">{label}</legend>
        <input type="hidden" name="back" value={failed ? '/' : `${pathname}${search}`} />
        {children.map(([value, word, lang]) => (
          <button
            className="button"
            type="submit"
            name={name}
            value={value}
            key={value}
            lang={lang}
            aria-pressed={current === value}
          >
            {word}
          </button>
        ))}
      </fieldset>
    </form>
  )
}

export function Skip({ children }: { children: ReactNode }) {
  return (
    <a className="skip" href="#main">
      {children}
    </a>
  )
}
